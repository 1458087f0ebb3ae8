import type { KubernetesPod } from '../../kubernetes/model.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { shellWord } from '../../values/shell.ts';
import type { Outcome } from '../check.ts';
import { nodeCheck } from '../define.ts';
import { podCauses } from '../facts/kubelet.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { inKubernetes } from '../facts/kubernetes-match.ts';
import { isActive, podTrouble } from '../facts/kubernetes-pods.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

function judge(node: NodeSnapshot, snapshot: Snapshot, pods: readonly KubernetesPod[]): Outcome {
  const found = inKubernetes(snapshot, node.node.name);
  const causes = [
    ...podCauses({ node, snapshot }),
    ...here('api-server-ready', 'control-plane-components', 'node-registered', 'node-ready'),
  ];
  if (found === undefined || found === 'missing') {
    return pending(
      'its pods are not known: Kubernetes lists no node of this machine',
      hint('See to its registration first.', 'kubectl get nodes -o wide', talosctl(node, 'logs kubelet')),
      [...causes, ...here('no-unexpected-nodes')],
    );
  }
  const wanted = components.filter((component) => !isDisabled(node, component));
  const troubles = wanted.flatMap((component) => troublesOf(component, found.name, pods));
  if (troubles.length > 0) {
    return pending(
      troubles.join('; '),
      hint(
        'The kubelet runs these pods and reports their status to the API server. Read its log, and those of the containers.',
        `kubectl -n kube-system get pods -o wide --field-selector spec.nodeName=${shellWord(found.name)}`,
        talosctl(node, 'logs kubelet'),
      ),
      causes,
    );
  }
  return found.controlPlane
    ? pass(`${count(wanted.length, 'pod')} ready`)
    : pending(
        `the node ${found.name} lacks the label of control planes, node-role.kubernetes.io/control-plane`,
        hint(
          'Talos sets the label once the node is registered, unless the machine configuration takes it away.',
          `kubectl get node ${shellWord(found.name)} --show-labels`,
          talosctl(node, 'get nodelabelspecs'),
        ),
        causes,
      );
}

function isDisabled({ disabledComponents }: NodeSnapshot, component: string): boolean {
  return disabledComponents.ok && disabledComponents.value.includes(component);
}

function troublesOf(component: string, node: string, pods: readonly KubernetesPod[]): readonly string[] {
  const own = pods.filter((pod) => pod.app === component && pod.node === node && isActive(pod));
  return own.length === 0
    ? [`Kubernetes knows no ${component} on ${node}`]
    : own.flatMap((pod) => podTrouble(pod) ?? []);
}

export const controlPlanePods = nodeCheck({
  id: 'control-plane-pods',
  stage: 'control-plane',
  scope: 'control-plane',
  title: "the control plane's pods are ready in Kubernetes too",
  explanation:
    'What the kubelet runs and what the API server knows of it are not the same, or the node is not known as a control plane.',
  requires: ['api-reachable'],
  reads: ['kubernetes.pods'],
  alsoReads: ['disabledComponents', 'kubernetes.nodes'],
  docs: {
    pending:
      'a pod of a component that is not disabled is missing on this control plane, not Running, or not Ready, or the node lacks the label',
    skip: 'no node of the cluster shows a trace of Kubernetes, there is no Kubernetes access (see `kubernetes-api`), or the Kubernetes API cannot be reached from here',
    explainedBy: [
      'kubernetes-api',
      'boot-finished',
      'services',
      'api-server-ready',
      'control-plane-components',
      'node-registered',
      'node-ready',
      'no-unexpected-nodes',
    ],
    talosctl:
      '"all control plane components to be ready". It counts the pods of each component; here each control plane is judged on its own, so that a pod left over elsewhere hides no missing one, and a pod that does not say whether it is ready is not',
    reports: ['siderolabs/talos#9419'],
    advice: 'Read the log of the kubelet, and those of the containers',
    commands: ['kubectl -n kube-system get pods -o wide', 'talosctl -n 10.0.0.2 logs kubelet'],
  },
  unless: withoutKubernetes,
  evaluate({ pods }, { node, snapshot }) {
    return judge(node, snapshot, pods);
  },
});
