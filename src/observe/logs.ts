import { serviceLog } from '../talos/api.ts';
import type { ClusterNode } from './cluster.ts';
import type { EndpointPool } from './endpoint-pool.ts';
import type { RoundLimits } from './request.ts';

/** Whose log says more about a finding. */
export interface WantedLog {
  readonly node: ClusterNode;
  readonly service: string;
}

/** The end of a service's log, as the node gave it: untrusted, and not yet without its secrets. */
export interface ServiceLog {
  /** The node's name. */
  readonly node: string;
  readonly service: string;
  /** Where there are none to show, one line in brackets says why. */
  readonly lines: readonly string[];
}

/** Reads logs side by side, of each the last `count` lines. It ends by `limits.deadline` and never throws. */
export async function fetchLogs(
  pool: EndpointPool,
  wanted: readonly WantedLog[],
  count: number,
  limits: RoundLimits,
): Promise<readonly ServiceLog[]> {
  const failover = pool.within(limits);
  return await Promise.all(
    wanted.map(async ({ node, service }) => {
      const log = await failover.ask((channel, options) => serviceLog(channel, service, count, options), node.address);
      const lines = log.ok ? log.value : [`(the log could not be read: ${log.error.message})`];
      return { node: node.name, service, lines: lines.length === 0 ? ['(the log is empty)'] : lines };
    }),
  );
}
