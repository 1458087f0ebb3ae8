import type { ServiceEvent, ServiceInfo } from '../gen/machine/machine_pb.ts';
import type { Restarts, Service } from './model/machine.ts';

/** Parts of the messages of Talos for a service that ended and is restarted, such as "… going to restart forever: …". */
const endMessages = ['going to restart', 'exited without error'];

/** The number of ends from which the interval of restarts is derived; earlier ones say nothing about the present. */
const recentEnds = 4;

/** Converts a service from the Talos API. */
export function serviceOf(info: ServiceInfo): Service {
  const { id, state, health } = info;
  const history = info.events?.events ?? [];
  const restarts = restartsOf(history);
  const [first] = history;
  return {
    id,
    state,
    health: healthOf(info),
    healthMessage: health?.lastMessage ?? '',
    lastEvent: state === 'Running' ? '' : (history.at(-1)?.msg ?? ''),
    ...(restarts && { restarts }),
    ...(first?.ts !== undefined && { firstEventAt: millisecondsOf(first) }),
  };
}

function healthOf({ health }: ServiceInfo): Service['health'] {
  // Without health information, the service was not checked yet.
  if (health === undefined || health.unknown) {
    return 'unknown';
  }
  return health.healthy ? 'healthy' : 'unhealthy';
}

function restartsOf(history: readonly ServiceEvent[]): Restarts | undefined {
  const ends = history.filter(({ msg }) => endMessages.some((text) => msg.includes(text))).slice(-recentEnds);
  const last = ends.at(-1);
  return last && { reason: last.msg, at: ends.map(millisecondsOf) };
}

function millisecondsOf({ ts }: ServiceEvent): number {
  return ts === undefined ? 0 : Number(ts.seconds) * 1000 + Math.floor(ts.nanos / 1_000_000);
}
