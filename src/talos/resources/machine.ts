import type { JsonValue } from '@bufbuild/protobuf';
import { type Duration, durationMs } from '@bufbuild/protobuf/wkt';
import {
  AdjtimeStatusSpecSchema,
  ImageCacheConfigSpecSchema,
  ImageCacheCopyStatus,
  ImageCacheStatus,
  LinkStatusSpecSchema,
  NetworkStatusSpecSchema,
  OperationalState,
  ProbeStatusSpecSchema,
  SiderolinkStatusSpecSchema,
  TimeStatusSpecSchema,
} from '../../gen/talos/resource/definitions/definitions_pb.ts';
import { parseDuration } from '../../values/duration.ts';
import type { TimeStatus } from '../model/machine.ts';
import type { Link, NetworkStatus, Probe, Siderolink } from '../model/network.ts';
import type { ImageCache } from '../model/storage.ts';
import { text } from './pod.ts';
import { enumName, resourceType } from './type.ts';

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

export const networkStatuses = resourceType<typeof NetworkStatusSpecSchema, NetworkStatus>(
  'network',
  'NetworkStatuses.net.talos.dev',
  NetworkStatusSpecSchema,
  ({ addressReady, connectivityReady, hostnameReady, etcFilesReady }) => ({
    addressReady,
    connectivityReady,
    hostnameReady,
    etcFilesReady,
  }),
);

const downStates: ReadonlySet<OperationalState> = new Set([
  OperationalState.OPER_STATE_NOT_PRESENT,
  OperationalState.OPER_STATE_DOWN,
  OperationalState.OPER_STATE_LOWER_LAYER_DOWN,
]);

const operationalStates: Readonly<Record<string, string>> = {
  notPresent: 'NOT_PRESENT',
  lowerLayerDown: 'LOWER_LAYER_DOWN',
};

export const linkStatuses = resourceType<typeof LinkStatusSpecSchema, Link>(
  'network',
  'LinkStatuses.net.talos.dev',
  LinkStatusSpecSchema,
  ({ masterIndex, operationalState, slaveKind }, name) => ({
    name,
    isDown: downStates.has(operationalState),
    ...(slaveKind === 'bond' && { bond: masterIndex }),
  }),
  ({ operationalState, ...document }) => {
    const word = text(operationalState);
    return { ...document, operationalState: enumName(operationalStates[word] ?? word, 'OPER_STATE_') };
  },
);

export const probeStatuses = resourceType<typeof ProbeStatusSpecSchema, Probe>(
  'network',
  'ProbeStatuses.net.talos.dev',
  ProbeStatusSpecSchema,
  ({ success, lastError }, id) => ({ id, success, lastError }),
);

const cacheStates: Readonly<Record<ImageCacheStatus, ImageCache['status']>> = {
  [ImageCacheStatus.UNKNOWN]: 'unknown',
  [ImageCacheStatus.DISABLED]: 'disabled',
  [ImageCacheStatus.PREPARING]: 'preparing',
  [ImageCacheStatus.READY]: 'ready',
};

const copyStates: Readonly<Record<ImageCacheCopyStatus, ImageCache['copy']>> = {
  [ImageCacheCopyStatus.UNKNOWN]: 'unknown',
  [ImageCacheCopyStatus.SKIPPED]: 'skipped',
  [ImageCacheCopyStatus.PENDING]: 'copying',
  [ImageCacheCopyStatus.READY]: 'ready',
};

/** In YAML the copy is `copying` while its status is pending. */
const copyWords: Readonly<Record<string, string>> = { copying: 'pending' };

export const imageCacheConfigs = resourceType<typeof ImageCacheConfigSpecSchema, ImageCache>(
  'cri',
  'ImageCacheConfigs.cri.talos.dev',
  ImageCacheConfigSpecSchema,
  ({ status, copyStatus }) => ({ status: cacheStates[status] ?? 'unknown', copy: copyStates[copyStatus] ?? 'unknown' }),
  ({ status, copyStatus }) => ({
    status: enumName(status, 'IMAGE_CACHE_STATUS_'),
    copyStatus: enumName(copyWords[text(copyStatus)] ?? copyStatus, 'IMAGE_CACHE_COPY_STATUS_'),
  }),
);

/** Exists where the kernel arguments or the machine configuration name a SideroLink API, such as Omni's. */
export const siderolinkStatuses = resourceType<typeof SiderolinkStatusSpecSchema, Siderolink>(
  'config',
  'SiderolinkStatuses.siderolink.talos.dev',
  SiderolinkStatusSpecSchema,
  ({ host, connected }) => ({ host, connected }),
);
