import type { CheckOptions } from '../../inputs/options.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { etcdFacts } from './etcd.ts';

/** The nodes of one role that `expected-workers` or `expected-control-planes` counts. */
export interface NodeCount {
  /** Nodes of the cluster. */
  readonly present: readonly NodeSnapshot[];
  /** Nodes that discovery lists (or listed before), do not answer, and without which the number is as expected. */
  readonly gone: readonly NodeSnapshot[];
}

/**
 * Discovery lists a machine for half an hour after it is gone, and nothing in the Talos API distinguishes it from one that
 * is down. With `expected-workers` the count does: if that many answer, the others are considered gone.
 */
export function workersOf({ nodes, cluster }: Snapshot, { expected }: CheckOptions): NodeCount {
  const all = nodes.filter(({ node }) => node.role === 'worker');
  const [answering, notAnswering] = [all.filter(isAnswering), all.filter((node) => !isAnswering(node))];
  return cluster.source === 'discovery' && answering.length === expected.workers && notAnswering.every(isDown)
    ? { present: answering, gone: notAnswering }
    : { present: all, gone: [] };
}

/**
 * The same for control planes, which must also not be members of etcd any more: one is gone if as many as expected answer,
 * or if discovery no longer lists it either.
 */
export function controlPlanesOf(snapshot: Snapshot, { expected }: CheckOptions): NodeCount {
  const { controlPlanes, reference, owners } = etcdFacts(snapshot);
  const left = controlPlanes.filter(
    (node) => isDown(node) && reference !== undefined && !owners.ofNode.has(node.node.name),
  );
  const answering = controlPlanes.filter(isAnswering).length;
  const isExplained = ({ node }: NodeSnapshot): boolean =>
    node.vanished === true || answering === expected.controlPlanes;
  const gone = snapshot.cluster.source === 'discovery' ? left.filter(isExplained) : [];
  return { present: controlPlanes.filter((node) => !gone.includes(node)), gone };
}

const isAnswering = ({ version }: NodeSnapshot): boolean => version.ok;

/** Whether the node itself does not answer: no endpoint failed, the caller is authorized, and apid is not just starting. */
const isDown = ({ version }: NodeSnapshot): boolean =>
  !version.ok && version.error.layer === 'node' && version.error.kind !== 'starting';

/** The number of workers of a total that must be healthy by `min-healthy-workers`; undefined if it is not set: all. */
export function healthyWorkersNeeded({ minHealthyWorkers }: CheckOptions, total: number): number | undefined {
  if (minHealthyWorkers === undefined) {
    return undefined;
  }
  return 'count' in minHealthyWorkers ? minHealthyWorkers.count : Math.ceil((total * minHealthyWorkers.percent) / 100);
}
