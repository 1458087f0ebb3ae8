import type { Hint } from '../checks/check.ts';
import { hint } from '../checks/outcome.ts';
import { containerLogs, readContainers, talosctl } from '../checks/text.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import { shellWord } from '../values/shell.ts';

type Nodes = readonly NodeSnapshot[];

/** For errors without a more specific check. */
const fallback: (nodes: Nodes) => Hint = () =>
  hint('What the server says is all that is known here: mode client asks every node itself, and may tell more.');

const containers = (nodes: Nodes): readonly string[] => nodes.slice(0, 3).flatMap(containerLogs);

/** By check, for the nodes that the error names. As in client mode, without what only that mode observes. */
const byCheck: Readonly<Record<string, (nodes: Nodes) => Hint>> = {
  'etcd-service': (nodes) =>
    hint(
      'Read the events and the log of etcd, and check that the control planes reach each other on TCP port 2380.',
      talosctl(nodes, 'service etcd'),
      talosctl(nodes, 'logs etcd'),
    ),
  'etcd-members-consistent': (nodes) =>
    hint(
      'Compare the lists of the control planes. A member that is gone for good is removed; a control plane that is not a member is reset and joins anew.',
      talosctl(nodes, 'etcd members'),
      talosctl(nodes, 'etcd status'),
    ),
  'etcd-members-are-control-planes': () =>
    hint(
      'A member whose machine is gone for good is to be removed: it counts for quorum. Where the machine is still there, the list of control planes lacks it.',
      'talosctl etcd members',
      'talosctl get members',
    ),
  'api-reachable': (nodes) =>
    hint(
      'Check that the node is up, the network, firewall rules (TCP port 50000 between the nodes), and that the Talos API is running on it.',
      talosctl(nodes, 'version'),
    ),
  memory: (nodes) => hint('Give the machine more memory.', talosctl(nodes, 'memory')),
  disk: (nodes) =>
    hint(
      'Talos needs 6 GiB, and its volume for /var has to be ready: check the disk.',
      talosctl(nodes, 'get volumestatus EPHEMERAL -o yaml'),
      talosctl(nodes, 'get disks'),
    ),
  diagnostics: (nodes) => hint('Talos reports a problem of its own.', talosctl(nodes, 'get diagnostics')),
  services: (nodes) =>
    hint(
      'Read the events and the log of the service.',
      talosctl(nodes, 'service kubelet'),
      talosctl(nodes, 'logs kubelet'),
    ),
  'boot-finished': (nodes) =>
    hint('See which service the machine waits for.', talosctl(nodes, 'services'), talosctl(nodes, 'dmesg')),
  'node-registered': (nodes) =>
    hint(
      'The kubelet registers the node once it reaches the API server. Read its log.',
      talosctl(nodes, 'logs kubelet'),
      'kubectl get nodes -o wide',
    ),
  'no-unexpected-nodes': () =>
    hint(
      'A node whose machine is gone for good is to be deleted in Kubernetes; if the machine is still there, the list of nodes lacks it.',
      'kubectl get nodes -o wide',
      'talosctl get members',
    ),
  'kubernetes-api': () =>
    hint(
      "The node that looks asks Kubernetes at the cluster's own endpoint (or at k8s-endpoint): check the address, the load balancer (if there is one), and kube-apiserver behind it.",
      'kubectl cluster-info',
      'talosctl get staticpodstatus',
    ),
  'control-plane-pods': (nodes) =>
    hint(
      'The kubelet runs these pods and reports their status to the API server. Read its log, and those of the containers.',
      'kubectl -n kube-system get pods -o wide -l tier=control-plane',
      talosctl(nodes, 'logs kubelet'),
    ),
  'api-server-ready': (nodes) =>
    hint(
      `The API server needs the etcd of its node. ${readContainers}`,
      talosctl(nodes, 'get staticpodstatus'),
      ...containers(nodes),
    ),
  'control-plane-components': (nodes) =>
    hint(readContainers, talosctl(nodes, 'get staticpodstatus'), ...containers(nodes)),
  'static-pods': (nodes) =>
    hint(
      'Read the log of the kubelet, and the logs of the containers.',
      talosctl(nodes, 'get staticpodstatus'),
      talosctl(nodes, 'logs kubelet'),
    ),
  'node-ready': (nodes) =>
    hint(
      'The conditions of the node say why; if every node is concerned, the CNI is often missing.',
      talosctl(nodes, 'logs kubelet'),
      nodes[0] === undefined ? 'kubectl describe nodes' : `kubectl describe node ${shellWord(nodes[0].node.name)}`,
    ),
  'kube-proxy': () =>
    hint(
      'See why its pods are not ready.',
      'kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide',
      'kubectl -n kube-system describe pods -l k8s-app=kube-proxy',
    ),
  coredns: () =>
    hint(
      'See why its pods are not ready: they need a node that takes pods, and a network (CNI).',
      'kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide',
      'kubectl -n kube-system describe pods -l k8s-app=kube-dns',
    ),
  'node-schedulable': (nodes) =>
    hint(
      'Somebody has taken the node out of scheduling. When the work on it is done, put it back: Kubernetes then places pods on it again.',
      'kubectl get nodes',
      ...nodes.map(({ node }) => `kubectl uncordon ${shellWord(node.name)}`),
    ),
};

export function advice(check: string, nodes: Nodes): Hint {
  return (byCheck[check] ?? fallback)(nodes);
}
