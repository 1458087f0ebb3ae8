import type { ClusterState } from '../model/state.ts';
import { StatusError } from '../status.ts';
import type { SignedCall } from './authenticate.ts';

/** Where Omni sends a call to Talos: to the node itself, or to a control plane of the cluster, which may send it on. */
export type OmniRoute =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'cluster'; readonly nodes: readonly string[] };

/** Whether the call is for Talos and not for Omni's own API. */
export function isForTalos({ header }: Pick<SignedCall, 'header'>): boolean {
  return header('runtime') === 'Talos';
}

/**
 * The route of a call for Talos.
 *
 * @throws StatusError for a cluster or a node that Omni does not know, before it has looked at the signature
 */
export function route(state: ClusterState, { header }: Pick<SignedCall, 'header'>): OmniRoute {
  const cluster = header('cluster') || header('context') || '';
  const known = cluster === '' || cluster === state.scenario.clusterName;
  const node = header('node');
  const nodes = header('nodes')?.split(/, ?/) ?? [];
  const targets = [...(node === undefined ? [] : [node]), ...nodes].map((target) => ({
    target,
    found: known ? find(state, target) : undefined,
  }));
  for (const { target, found } of targets) {
    if (target === '') throw new StatusError('INVALID_ARGUMENT', 'resolve nodes: empty node value');
    if (found === undefined) {
      throw new StatusError('NOT_FOUND', 'resolve nodes: node not found, cannot resolve its management address');
    }
  }
  if (targets.length === 0 && cluster === '') {
    throw new StatusError('INVALID_ARGUMENT', 'at least one of cluster, node, or nodes must be specified');
  }
  if (!known) throw new StatusError('UNAVAILABLE', `cluster ${JSON.stringify(cluster)} endpoint not found`);
  const [first] = targets;
  if (first?.found === undefined || nodes.length > 0) {
    return { kind: 'cluster', nodes: targets.flatMap(({ found }) => found?.address ?? []) };
  }
  return { kind: 'node', name: first.found.name };
}

/** Omni knows a node by the name of its Kubernetes node and by its first address, and by no other. */
function find(state: ClusterState, target: string) {
  return state.nodes.find(({ spare, nodename, address }) => !spare && (nodename === target || address === target));
}
