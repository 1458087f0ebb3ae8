import { type ServiceEvent, ServiceEventsSchema, type ServiceInfo } from '../gen/machine/machine_pb.ts';
import { decodeMessage } from './decode.ts';
import type { Restarts, Service } from './model.ts';

/** What Talos says of each end of a service that it starts again: "going to restart forever: …", "… exited without error, going to restart it". */
const ends = ['going to restart', 'exited without error'];
const endsAsBytes = ends.map((words) => Buffer.from(words));

/** So many ends tell how often it ends; what is further back has nothing to do with today. */
const lastEnds = 4;

/** A service in the gate's own words. Throws where its history cannot be read. */
export function serviceOf(info: ServiceInfo): Service {
  const { id, state, health } = info;
  return { id, state, health: healthOf(info), healthMessage: health?.lastMessage ?? '', ...historyOf(info) };
}

function healthOf({ health }: ServiceInfo): Service['health'] {
  // A service without any health information has not been judged yet.
  if (health === undefined || health.unknown) {
    return 'unknown';
  }
  return health.healthy ? 'healthy' : 'unhealthy';
}

/** The history of a service makes up most of the answer, and of one that runs without being restarted nobody reads it. */
function historyOf({ state, events }: ServiceInfo): Pick<Service, 'lastEvent' | 'restarts'> {
  const runs = state === 'Running';
  const bytes = Buffer.from(events.buffer, events.byteOffset, events.byteLength);
  if (runs && !endsAsBytes.some((words) => bytes.includes(words))) {
    return { lastEvent: '' };
  }
  const history = decodeMessage(ServiceEventsSchema, events).events;
  const restarts = restartsOf(history);
  return { lastEvent: runs ? '' : (history.at(-1)?.msg ?? ''), ...(restarts && { restarts }) };
}

function restartsOf(history: readonly ServiceEvent[]): Restarts | undefined {
  const seen = history.filter(({ msg }) => ends.some((words) => msg.includes(words))).slice(-lastEnds);
  const last = seen.at(-1);
  return last && { reason: last.msg, at: seen.map(millisecondsOf) };
}

function millisecondsOf({ ts }: ServiceEvent): number {
  return ts === undefined ? 0 : Number(ts.seconds) * 1000 + Math.floor(ts.nanos / 1_000_000);
}
