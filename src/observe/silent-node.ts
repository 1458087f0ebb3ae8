import type { Failure } from '../talos/failure.ts';
import type { ClusterNode } from './cluster.ts';
import { nodeFacetsFrom } from './facets.ts';
import type { Impostor, NodeSnapshot } from './snapshot.ts';

/** Why a node gives no answer where somebody else gives one. */
export const otherMachine = (address: string): Failure => ({
  kind: 'other-machine',
  layer: 'node',
  code: 'OK',
  message: `another machine answers at ${address}`,
});

/** A node that gave no answer, or none of its own. */
export function silentNode(
  node: ClusterNode,
  error: Failure,
  at: number,
  impostors: readonly Impostor[] = [],
): NodeSnapshot {
  return {
    node,
    ...(impostors.length > 0 && { impostors }),
    ...nodeFacetsFrom(() => ({ ok: false, error, at })),
  };
}
