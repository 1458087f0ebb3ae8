import type { CheckOptions } from '../../inputs/options.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Outcome } from '../check.ts';
import { clusterCheck } from '../define.ts';
import { controlPlanesOf, healthyWorkersNeeded, type NodeCount, workersOf } from '../facts/node-counts.ts';
import { hint, pass, pending, warn } from '../outcome.ts';
import { count } from '../text.ts';

const advice = hint(
  'Compare the nodes that are listed with those that should be there: one that is missing has not joined the cluster, or discovery does not know it yet.',
  'talosctl get members',
  'kubectl get nodes -o wide',
);
const listsAdvice = hint('Give the workers with worker-nodes, or switch discovery on.', 'talosctl get members');

function departed(gone: readonly NodeSnapshot[], vanished: boolean): string[] {
  const those = gone.filter(({ node }) => (node.vanished ?? false) === vanished);
  const listed = vanished ? 'no longer listed' : 'still listed';
  return those.length === 0 ? [] : [`${names(those)} ${listed} by discovery, without an answer, and taken for gone`];
}

function ofWorkers(
  { present, gone: goneWorkers }: NodeCount,
  controlPlanes: number,
  goneControlPlanes: readonly NodeSnapshot[],
  snapshot: Snapshot,
  options: CheckOptions,
): Outcome {
  const gone = [...goneControlPlanes, ...goneWorkers];
  const expected = options.expected.workers;
  const needed = healthyWorkersNeeded(options, expected ?? present.length);
  if (!snapshot.cluster.workersKnown && (expected !== undefined || asksForWorkers(options))) {
    const asking = expected === undefined ? 'min-healthy-workers' : 'expected-workers';
    return pending(`the workers are not known, and ${asking} is about them`, listsAdvice);
  }
  if (expected !== undefined && present.length !== expected) {
    const words = difference('worker', present, expected);
    return needed !== undefined && present.length < expected && present.length >= needed
      ? warn(`${words}; min-healthy-workers asks for ${needed}`, advice)
      : pending(words, advice);
  }
  if (needed !== undefined && present.length < needed) {
    return pending(
      `found ${count(present.length, 'worker')}${listed(present)}, and min-healthy-workers asks for ${needed}`,
      advice,
    );
  }
  const total = `${count(controlPlanes, 'control plane')} and ${count(present.length, 'worker')}`;
  return gone.length === 0
    ? pass(total)
    : warn(`${total}; ${[...departed(gone, false), ...departed(gone, true)].join('; ')}`, advice);
}

function asksForWorkers({ minHealthyWorkers = { count: 0 } }: CheckOptions): boolean {
  return ('count' in minHealthyWorkers ? minHealthyWorkers.count : minHealthyWorkers.percent) > 0;
}

function difference(noun: string, nodes: readonly NodeSnapshot[], expected: number): string {
  return `expected ${count(expected, noun)}, found ${nodes.length}${listed(nodes)}`;
}

function listed(nodes: readonly NodeSnapshot[]): string {
  return nodes.length === 0 ? '' : ` (${names(nodes)})`;
}

/** The names of the first twenty. */
function names(nodes: readonly NodeSnapshot[]): string {
  const shown = nodes.slice(0, 20).map(({ node }) => node.name);
  return [...shown, ...(nodes.length > 20 ? ['…'] : [])].join(', ');
}

export const expectedNodes = clusterCheck({
  id: 'expected-nodes',
  stage: 'connectivity',
  title: 'the cluster has the nodes that are expected',
  explanation:
    'The cluster has more or fewer control planes or workers than expected-control-planes, expected-workers or min-healthy-workers say.',
  requires: ['credentials', 'topology'],
  reads: [],
  alsoReads: ['cluster', 'discovery', 'etcdMembers', 'etcdStatus'],
  across: 'worker',
  enabled: ({ expected, minHealthyWorkers }) =>
    expected.controlPlanes !== undefined || expected.workers !== undefined || minHealthyWorkers !== undefined,
  docs: {
    pending:
      'there are more or fewer control planes or workers than expected, fewer workers than `min-healthy-workers` asks for, or the workers are not known',
    warn: 'nodes that discovery still lists, or listed earlier in the wait, do not answer, and as many as expected do (control planes also must not be members of etcd any more); or there are fewer than expected, and still as many as `min-healthy-workers` asks for',
    talosctl: 'not asked there: a node that never joined is not missed',
    reports: ['siderolabs/talos#8888'],
    advice: 'Compare the nodes that are listed with those that should be there',
    commands: ['talosctl get members', 'kubectl get nodes -o wide'],
  },
  evaluate(_, { snapshot, options }) {
    const { expected } = options;
    const { present: controlPlanes, gone } = controlPlanesOf(snapshot, options);
    const workers = workersOf(snapshot, options);
    const miscounted =
      expected.controlPlanes === undefined || expected.controlPlanes === controlPlanes.length
        ? undefined
        : difference('control plane', controlPlanes, expected.controlPlanes);
    const outcome = ofWorkers(workers, controlPlanes.length, gone, snapshot, options);
    if (miscounted === undefined) {
      return outcome;
    }
    return pending(outcome.status === 'pass' ? miscounted : `${miscounted}; ${outcome.message}`, advice);
  },
});
