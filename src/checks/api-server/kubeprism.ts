import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { Outcome } from '../check.ts';
import { type NodeSubject, nodeCheck } from '../define.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { here, hint, pass, pending, skip, warn } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

const isOff = ({ kubePrism }: NodeSnapshot): boolean => !kubePrism.ok && kubePrism.error.kind === 'not-found';

function notEnabled({ node, snapshot: { nodes } }: NodeSubject): Outcome {
  const [on, off] = [nodes.filter(({ kubePrism }) => kubePrism.ok), nodes.filter(isOff)];
  return on.length <= off.length
    ? skip('KubePrism is not enabled')
    : warn(
        `KubePrism is not enabled, and is on ${count(on.length, 'other node')}: what asks the Kubernetes API at localhost, as a CNI often does, fails here`,
        hint(
          'Enable it in the machine configuration of the node (machine.features.kubePrism), or skip the check if it is meant to differ.',
          talosctl([node, ...on.slice(0, 1)], 'get kubeprismstatuses'),
        ),
        here('boot-finished'),
      );
}

export const kubeprism = nodeCheck({
  id: 'kubeprism',
  stage: 'api-server',
  scope: 'node',
  title: 'KubePrism of the node reaches an API server',
  explanation:
    'The load balancer on the node, which the kubelet and often the CNI use to reach the Kubernetes API, reaches no API server.',
  requires: ['api-reachable'],
  reads: ['kubePrism'],
  alsoReads: ['services'],
  docs: {
    pending: 'KubePrism says that none of its API servers takes connections; it tries them every 20 seconds',
    warn: 'KubePrism is not enabled, and is on most nodes of the cluster',
    skip: 'KubePrism is not enabled on most nodes, no node of the cluster shows a trace of Kubernetes, or the version of Talos does not tell it to a reader',
    explainedBy: ['boot-finished', 'api-server-ready'],
    talosctl: 'not asked there: a node that is cut off from the API servers passes until Kubernetes calls it NotReady',
    reports: ['siderolabs/talos#8112', 'siderolabs/talos#10598'],
    advice: 'Check the way from the node to port 6443 of each control plane: its network, firewall rules and KubeSpan',
    commands: [
      'talosctl -n 10.0.0.4 get kubeprismstatuses',
      'talosctl -n 10.0.0.4 get kubeprismendpoints -o yaml',
      'talosctl -n 10.0.0.4 dmesg',
    ],
  },
  unless: (subject) => withoutKubernetes(subject) ?? (isOff(subject.node) ? notEnabled(subject) : undefined),
  evaluate({ kubePrism }, { node }) {
    return kubePrism
      ? pass('it reaches an API server')
      : pending(
          'KubePrism, the load balancer of the node for the Kubernetes API, reaches no API server',
          hint(
            'See which addresses it tries, and whether a firewall or the network stands between the node and port 6443 of the control planes.',
            talosctl(node, 'get kubeprismendpoints -o yaml'),
            talosctl(node, 'dmesg'),
          ),
          [...here('boot-finished'), { check: 'api-server-ready', on: 'everywhere' }],
        );
  },
});
