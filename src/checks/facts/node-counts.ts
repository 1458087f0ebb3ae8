import type { CheckOptions } from '../../inputs/options.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { etcdFacts } from './etcd.ts';

/** The nodes of one role, as `expected-workers` and `expected-control-planes` have them. */
export interface Counted {
  /** Those of the cluster. */
  readonly present: readonly NodeSnapshot[];
  /** Those that discovery still lists (or listed before), that do not answer, and without which there are as many as there should be. */
  readonly gone: readonly NodeSnapshot[];
}

/**
 * Discovery lists a machine for half an hour after it is gone, and nothing in
 * the Talos API tells it from one that is down. Only a caller who says how many workers
 * there are can: when so many answer, the others are taken for gone.
 */
export function workersOf({ nodes, cluster }: Snapshot, { expected }: CheckOptions): Counted {
  const all = nodes.filter(({ node }) => node.role === 'worker');
  const [answering, silent] = [all.filter(isAnswering), all.filter((node) => !isAnswering(node))];
  return cluster.source === 'discovery' && answering.length === expected.workers && silent.every(isSilent)
    ? { present: answering, gone: silent }
    : { present: all, gone: [] };
}

/**
 * The same for control planes, of which etcd tells more: one that is no member
 * of it any more is gone where as many as expected answer, or where discovery has given it up too.
 */
export function controlPlanesOf(snapshot: Snapshot, { expected }: CheckOptions): Counted {
  const { controlPlanes, reference, owners } = etcdFacts(snapshot);
  const left = controlPlanes.filter(
    (node) => isSilent(node) && reference !== undefined && !owners.ofNode.has(node.node.name),
  );
  const answering = controlPlanes.filter(isAnswering).length;
  const isExplained = ({ node }: NodeSnapshot): boolean =>
    node.vanished === true || answering === expected.controlPlanes;
  const gone = snapshot.cluster.source === 'discovery' ? left.filter(isExplained) : [];
  return { present: controlPlanes.filter((node) => !gone.includes(node)), gone };
}

const isAnswering = ({ version }: NodeSnapshot): boolean => version.ok;

/** It is the node that does not answer, and not an endpoint in front of it, nor the caller who may not ask (or not yet). */
const isSilent = ({ version }: NodeSnapshot): boolean =>
  !version.ok && version.error.layer === 'node' && version.error.kind !== 'starting';

/** How many workers have to be healthy by `min-healthy-workers`, of so many; undefined where it is not given: all. */
export function healthyWorkersNeeded({ minHealthyWorkers }: CheckOptions, total: number): number | undefined {
  if (minHealthyWorkers === undefined) {
    return undefined;
  }
  return 'count' in minHealthyWorkers ? minHealthyWorkers.count : Math.ceil((total * minHealthyWorkers.percent) / 100);
}
