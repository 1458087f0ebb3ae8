import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { TimeService } from '../gen/time/time_pb.ts';
import { type Endpoint, implement } from '../node/endpoint.ts';
import { StatusError } from '../status.ts';
import type { World } from '../world.ts';

const server = 'time.cloudflare.com';

/** `time.TimeService`: the node asks its time server, which is right. */
export function timeService(world: World): readonly Endpoint[] {
  return [
    implement(TimeService.method.time, async function* (name) {
      const { aheadMs, serverError } = world.node(name).equipment.clock;
      if (serverError !== undefined) {
        throw new StatusError('UNKNOWN', `error querying NTP server ${JSON.stringify(server)}: ${serverError}`);
      }
      const now = world.clock.now();
      yield {
        messages: [{ server, localtime: timestampFromMs(now + aheadMs), remotetime: timestampFromMs(now) }],
      };
    }),
  ];
}
