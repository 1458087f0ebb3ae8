import type { Failure } from '../talos/failure.ts';
import { nodeFacetsFrom } from './facets/table.ts';
import type { ClusterNode } from './members/cluster.ts';
import type { Impostor, NodeSnapshot } from './snapshot.ts';

/** The failure of a node at whose address another machine answers. */
export const otherMachine = (address: string): Failure => ({
  kind: 'other-machine',
  layer: 'node',
  code: 'OK',
  message: `another machine answers at ${address}`,
});

/** A node that did not answer, or at whose address another machine answered. */
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
