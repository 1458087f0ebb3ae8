import type { KubernetesPod, Workload } from '../../kubernetes/model.ts';
import type { Snapshot } from '../../observe/snapshot.ts';
import type { Cause, Hint, Outcome } from '../check.ts';
import type { ClusterSubject } from '../define.ts';
import { here, pass, pending, skip } from '../outcome.ts';
import { count } from '../text.ts';
import { kubernetesMatch, kubernetesNodes } from './kubernetes-match.ts';
import { isActive, notReadyReason, podTrouble } from './kubernetes-pods.ts';

/** A workload in kube-system that can be disabled. */
export interface Subject {
  /** As users know it. */
  readonly name: string;
  /** The label `k8s-app` of its pods. */
  readonly app: string;
  /** `DaemonSet` or `Deployment`. */
  readonly kind: string;
  readonly advice: Hint;
}

/** What the documentation of each workload has in common. */
export const workloadDocs = {
  pending: 'one of its pods is not Ready, there are more or fewer than there should be, or its controller lags behind',
  explainedBy: [
    'kubernetes-api',
    'control-plane-components',
    'api-reachable',
    'boot-finished',
    'services',
    'node-registered',
    'node-ready',
    'no-unexpected-nodes',
  ],
} as const;

interface PodTrouble {
  readonly pod: KubernetesPod;
  readonly words: string;
}

/**
 * Compares what should run with what runs: every active pod must be ready, and their number must be the desired one.
 */
export function judgeWorkload(
  workloads: readonly Workload[],
  pods: readonly KubernetesPod[],
  { snapshot }: ClusterSubject,
  subject: Subject,
): Outcome {
  const { app, kind, name } = subject;
  return workloads.length === 0
    ? skip(`${name} is off: kube-system has no ${kind} with the label k8s-app=${app}`)
    : judgePods(snapshot, subject, workloads, pods);
}

function judgePods(
  snapshot: Snapshot,
  { name, app, kind, advice }: Subject,
  workloads: readonly Workload[],
  pods: readonly KubernetesPod[],
): Outcome {
  const wanted = workloads.reduce((sum, workload) => sum + workload.wanted, 0);
  const active = pods.filter((pod) => pod.app === app && isActive(pod));
  const troubles = active.flatMap((pod): PodTrouble[] => {
    const words = podTrouble(pod);
    return words === undefined ? [] : [{ pod, words }];
  });
  const ready = active.length - troubles.length;
  if (wanted === 0) {
    return pending(`${name} should run on no node: its ${kind} asks for 0 pods`, advice, missingCauses);
  }
  if (troubles.length > 0 || ready !== wanted) {
    const words = [`${ready} of ${count(wanted, 'pod')} ready`, ...listed(troubles)].join('; ');
    const causes = troubles.length > 0 ? causesOf(troubles, snapshot) : missingCauses;
    return pending(words, advice, [...causes, ...(ready + troubles.length < wanted ? missingCauses : [])]);
  }
  const behind = workloads.filter(({ upToDate }) => !upToDate).map((workload) => workload.name);
  return behind.length > 0
    ? pending(`its controller has not seen the latest change of ${behind.join(', ')} yet`, advice, missingCauses)
    : pass(`${count(ready, 'pod')} ready`);
}

const shown = 5;

function listed(troubles: readonly PodTrouble[]): readonly string[] {
  const words = troubles.slice(0, shown).map(({ pod, words }) => (pod.node === '' ? words : `${words} (${pod.node})`));
  return troubles.length > shown ? [...words, `and ${troubles.length - shown} more`] : words;
}

/** The controller manager creates pods, and the scheduler places them on nodes that are Ready. */
const missingCauses: readonly Cause[] = [
  { check: 'control-plane-components', on: 'everywhere' },
  { check: 'node-registered', on: 'everywhere' },
  { check: 'node-ready', on: 'everywhere' },
];

/** Nodes are the cause only if they explain every pod that is not ready. */
function causesOf(troubles: readonly PodTrouble[], snapshot: Snapshot): readonly Cause[] {
  const { machineOf, unmatched } = kubernetesMatch(snapshot);
  const nodes = kubernetesNodes(snapshot) ?? [];
  const unready = new Set(nodes.filter((node) => notReadyReason(node) !== undefined).map((node) => node.name));
  const notAnswering = new Set(snapshot.nodes.filter(({ version }) => !version.ok).map(({ node }) => node.name));
  const placed = troubles.map(({ pod }) => ({ node: pod.node, machine: machineOf.get(pod.node)?.name }));
  const isExplained = placed.every(({ node, machine }) =>
    node === '' ? unready.size > 0 : unready.has(node) || (machine !== undefined && notAnswering.has(machine)),
  );
  if (!isExplained) {
    return [];
  }
  const machines = new Set(placed.flatMap(({ machine }) => (machine === undefined ? [] : [machine])));
  const onMachines = [...machines].flatMap((node) =>
    ['api-reachable', 'boot-finished', 'services', 'node-ready'].map((check): Cause => ({ check, on: { node } })),
  );
  const isUnmatched = placed.some(({ node }) => unmatched.some(({ name }) => name === node));
  return [
    ...onMachines,
    ...(isUnmatched ? here('no-unexpected-nodes') : []),
    { check: 'node-ready', on: 'everywhere' },
  ];
}
