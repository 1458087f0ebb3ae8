import type { JsonValue } from '@bufbuild/protobuf';
import type { Duration } from '@bufbuild/protobuf/wkt';
import { durationMs } from '@bufbuild/protobuf/wkt';
import { AdjtimeStatusSpecSchema, TimeStatusSpecSchema } from '../../gen/talos/resource/definitions/definitions_pb.ts';
import { parseDuration } from '../../values/duration.ts';
import type { TimeStatus } from '../model/machine.ts';
import { text } from './pod.ts';
import { resourceType } from './type.ts';

/** The id of the resource is `node`. */
export const timeStatuses = resourceType<typeof TimeStatusSpecSchema, TimeStatus>(
  'runtime',
  'TimeStatuses.v1alpha1.talos.dev',
  TimeStatusSpecSchema,
  ({ synced, syncDisabled }) => ({ synced, syncDisabled }),
);

/**
 * The error of the clock as the kernel estimates it, in milliseconds. Talos sets the estimate to 0 with each correction of
 * the clock, and the kernel does not change it: without one for nine hours, it calls the clock unsynchronised, and its
 * largest possible error (16 s) is what it knows. The id of the resource is `node`; a container has none.
 */
export const adjtimeStatuses = resourceType<typeof AdjtimeStatusSpecSchema, number>(
  'runtime',
  'AdjtimeStatuses.v1alpha1.talos.dev',
  AdjtimeStatusSpecSchema,
  ({ estError, maxError, syncStatus }) => Math.max(millisecondsOf(estError), syncStatus ? 0 : millisecondsOf(maxError)),
  ({ estError, maxError, syncStatus }) => ({
    estError: durationText(estError),
    maxError: durationText(maxError),
    syncStatus: syncStatus === true,
  }),
);

const millisecondsOf = (duration: Duration | undefined): number => (duration === undefined ? 0 : durationMs(duration));

/** In the form of protobuf's JSON; `0s` if it is no duration. */
function durationText(duration: JsonValue | undefined): string {
  const parsed = parseDuration(text(duration), 0);
  return parsed.ok ? `${(parsed.value / 1000).toFixed(9)}s` : '0s';
}
