import type { DisruptionBudget, PlacedPod } from '../../kubernetes/model.ts';
import type { Snapshot } from '../../observe/snapshot.ts';
import { shellWord } from '../../values/shell.ts';
import { clusterCheck } from '../define.ts';
import { clusterWithoutKubernetes } from '../facts/kubernetes.ts';
import { needsAccess } from '../facts/kubernetes-api.ts';
import { inKubernetes } from '../facts/kubernetes-match.ts';
import { matchesLabels } from '../facts/label-selector.ts';
import { namesOf } from '../facts/nodes.ts';
import { namedNodes } from '../facts/reboot.ts';
import { here, hint, notKnown, pass, pending } from '../outcome.ts';
import { count } from '../text.ts';

const accessHint = hint(
  'Use a kubeconfig whose user may list nodes, pods and PodDisruptionBudgets of all namespaces, and reach the API server; or leave the pods out with the input kubernetes: off.',
  'kubectl auth can-i list poddisruptionbudgets --all-namespaces',
);

/** The pods and the budgets of all namespaces as they are now, or what could not be read. */
function read({ kubernetes }: Snapshot) {
  if (!kubernetes.access) return { missing: kubernetes.why };
  const { nodes, allPods, budgets } = kubernetes;
  if (!nodes.ok) return { missing: `the nodes could not be read: ${nodes.error.message}` };
  if (!allPods.ok) return { missing: `the pods of all namespaces could not be read: ${allPods.error.message}` };
  if (!budgets.ok) return { missing: `the PodDisruptionBudgets could not be read: ${budgets.error.message}` };
  return { pods: allPods.value, budgets: budgets.value };
}

/** What a budget says against these pods going down; undefined if it allows that. */
function refusal(budget: DisruptionBudget, pods: readonly PlacedPod[]): string | undefined {
  const { name, namespace, selector, allowed, upToDate } = budget;
  const own = pods.filter((pod) => pod.namespace === namespace && selector && matchesLabels(pod.labels, selector));
  if (own.length === 0) return undefined;
  if (!upToDate)
    return `cannot tell what PodDisruptionBudget ${name} allows: its controller has not seen its last change`;
  return own.length > allowed
    ? `PodDisruptionBudget ${name} lets ${allowed === 0 ? 'none' : `${allowed}`} of its pods go, and ${count(own.length, 'pod')} would`
    : undefined;
}

/** The names of the first few. */
function list(pods: readonly PlacedPod[]): string {
  const names = pods.slice(0, 5).map(({ name }) => name);
  return [...names, ...(pods.length > 5 ? [`${pods.length - 5} more`] : [])].join(', ');
}

export const rebootPods = clusterCheck({
  id: 'reboot-pods',
  stage: 'workloads',
  title: 'the pods on the nodes of safe-to-reboot may go',
  explanation: 'A PodDisruptionBudget forbids that pods of the nodes go, or nothing would make a pod again.',
  requires: ['topology'],
  reads: [],
  alsoReads: ['kubernetes.nodes', 'kubernetes.allPods', 'kubernetes.budgets'],
  enabled: ({ safeToReboot }) => safeToReboot !== undefined,
  docs: {
    pending:
      'a PodDisruptionBudget allows fewer of its pods to go than there are on the nodes; a pod there has no controller that would make it again, and is no static pod; or there is access to the Kubernetes API, and the nodes, the pods or the budgets could not be read',
    skip: 'there is no access to the Kubernetes API, or no node of the cluster shows a trace of Kubernetes',
    explainedBy: ['kubernetes-api'],
    talosctl: 'not asked there',
    reports: ['siderolabs/talos#9882'],
    advice: 'Wait until the budgets allow it, and move what has no controller',
    commands: ['kubectl get poddisruptionbudgets --all-namespaces', 'kubectl get pods --all-namespaces -o wide'],
  },
  unless: (subject) =>
    subject.snapshot.kubernetes.access
      ? clusterWithoutKubernetes(subject)
      : needsAccess(subject.snapshot.kubernetes.why),
  evaluate(_, { snapshot, options }) {
    const { named } = namedNodes(snapshot, options);
    const found = read(snapshot);
    if ('missing' in found) {
      return notKnown(`cannot tell which pods would go: ${found.missing}`, accessHint, here('kubernetes-api'));
    }
    const nodes = named.map(({ node }) => inKubernetes(snapshot, node.name));
    if (nodes.includes(undefined)) {
      return notKnown(
        `cannot tell which pods would go: ${namesOf(named)} cannot be found in Kubernetes`,
        accessHint,
        here('kubernetes-api'),
      );
    }
    const names = new Set(nodes.flatMap((node) => (typeof node === 'object' ? [node.name] : [])));
    const pods = found.pods.filter(({ node, ended }) => !ended && names.has(node));
    const lost = pods.filter(({ managed }) => !managed);
    const reasons = [
      ...found.budgets.flatMap((budget) => refusal(budget, pods) ?? []),
      ...(lost.length === 0 ? [] : [`nothing would make ${list(lost)} again`]),
    ];
    return reasons.length === 0
      ? pass(`${count(pods.length, 'pod')} may go`)
      : pending(
          reasons.join('; '),
          hint(
            'Wait until the budgets allow it, and move what has no controller.',
            'kubectl get poddisruptionbudgets --all-namespaces',
            ...[...names].map(
              (name) => `kubectl get pods --all-namespaces --field-selector spec.nodeName=${shellWord(name)}`,
            ),
          ),
        );
  },
});
