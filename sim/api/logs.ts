import type { ServiceRecord } from '../model/history.ts';

/** The last lines of a service's log, such as one would find on a machine in that state. */
export function logLines(service: ServiceRecord): readonly string[] {
  const stamp = (at: number) => new Date(at).toISOString();
  const told = service.events.map(
    ({ at, state, message }) => `${stamp(at)} service[${service.id}](${state}): ${message}`,
  );
  const last = service.events.at(-1)?.at ?? 0;
  return [...told, ...closingLines(service).map((line) => `${stamp(last)} ${line}`)];
}

function closingLines({ id, state, health, message }: ServiceRecord): readonly string[] {
  if (state !== 'Running') return [`level=error msg=${JSON.stringify(message)}`];
  if (health === 'unhealthy') {
    return id === 'etcd'
      ? [
          '{"level":"warn","msg":"waiting for ReadIndex response took too long, retrying"}',
          '{"level":"warn","msg":"slow fdatasync"}',
        ]
      : [`level=warn msg=${JSON.stringify(message)}`];
  }
  return [`level=info msg="${id} is serving"`];
}
