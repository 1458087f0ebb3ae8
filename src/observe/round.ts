import type { Options } from '../config/options.ts';
import { certificateInfo } from '../talos/certificate.ts';
import type { RoundLimits } from './asking.ts';
import type { Cluster } from './cluster.ts';
import { discover } from './discover.ts';
import { openGateway } from './gateway.ts';
import { observeNode } from './node.ts';
import type { CredentialsInfo, Snapshot } from './snapshot.ts';
import type { Wires } from './wires.ts';

function credentialsInfo(crt: string | undefined): CredentialsInfo {
  return crt === undefined ? { roles: [] } : certificateInfo(crt);
}

/**
 * One round of observation: everything of everybody, side by side. It ends by
 * `limits.deadline`, never throws, and what it could not learn says why.
 */
export async function observe(wires: Wires, options: Options, limits: RoundLimits, known?: Cluster): Promise<Snapshot> {
  const at = limits.now();
  // Endpoints that were not needed may still be trying when the round is over.
  const end = new AbortController();
  const bounded = { ...limits, signal: AbortSignal.any([limits.signal, end.signal]) };
  try {
    const gateway = openGateway(wires, bounded);
    const { cluster, members } = await discover(gateway, options, known);
    const nodes = await Promise.all(cluster.nodes.map((node) => observeNode(node, gateway, bounded)));
    return {
      at,
      cluster,
      discovery: members.ok ? { ...members, value: members.value.length } : members,
      endpoints: gateway.snapshot(),
      credentials: credentialsInfo(options.context.crt),
      nodes,
    };
  } finally {
    end.abort();
  }
}
