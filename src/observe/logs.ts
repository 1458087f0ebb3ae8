import { serviceLog } from '../talos/api.ts';
import type { EndpointPool } from './endpoints/pool.ts';
import type { ClusterNode } from './members/cluster.ts';
import type { RoundLimits } from './request.ts';

/** A service whose log may explain a finding. */
export interface WantedLog {
  readonly node: ClusterNode;
  /** At which the node answers. */
  readonly address: string;
  readonly service: string;
}

/** The last lines of a service's log as returned by the node: untrusted, and not yet redacted. */
export interface ServiceLog {
  /** The node's name. */
  readonly node: string;
  readonly service: string;
  /** If there are none, one line in parentheses says why. */
  readonly lines: readonly string[];
}

/** Reads the last `count` lines of each log, concurrently. Ends by `limits.deadline` and never throws. */
export async function fetchLogs(
  pool: EndpointPool,
  wanted: readonly WantedLog[],
  count: number,
  limits: RoundLimits,
): Promise<readonly ServiceLog[]> {
  const client = pool.client(limits);
  return await Promise.all(
    wanted.map(async ({ node, address, service }) => {
      const log = await client.ask((channel, options) => serviceLog(channel, service, count, options), address);
      const lines = log.ok ? log.value : [`(the log could not be read: ${log.error.message})`];
      return { node: node.name, service, lines: lines.length === 0 ? ['(the log is empty)'] : lines };
    }),
  );
}
