import type { StageNotes } from './notes.ts';

const skip = 'no node of the cluster shows a trace of Kubernetes';

export const kubernetes: StageNotes = {
  'api-server-ready': {
    reads:
      '`StaticPods.kubernetes.talos.dev` and `StaticPodStatuses.kubernetes.talos.dev`, and `/readyz` of the server at the address of the node: anonymously, where no secret is sent, and with Kubernetes access with its credentials too. Most versions of Talos give its pod no readiness probe: the pod is "ready" while the process lives',
    pending:
      'the pod kube-apiserver is not wanted yet, not known to the kubelet, not Running, or not Ready; or the machine itself is reached from here (it takes connections on the Talos port of the same address), and the server refuses connections, takes them and does not answer within `rpc-timeout`, or answers anything but 200, 401 or 403; or packets to its port vanish while another API server answers, or after this one had been reached. An answer to the credentials counts wherever it comes from, if its certificate is of the cluster',
    skip,
    explainedBy: ['boot-finished', 'services', 'etcd-service', 'etcd-quorum', 'etcd-leader', 'node-registered'],
    talosctl:
      '"all control plane static pods to be running" and "all control plane components to be ready"; the first is content with a pod that crashes',
    advice: 'The API server needs the etcd of its node. Read the logs of its containers',
    commands: [
      'talosctl -n 10.0.0.2 containers --kubernetes',
      'talosctl -n 10.0.0.2 logs --kubernetes CONTAINER-ID',
      'talosctl -n 10.0.0.2 get staticpodstatus',
      'talosctl -n 10.0.0.2 logs kubelet',
    ],
  },
  'api-server-endpoint': {
    reads: 'the same answer of `/readyz` as `api-server-ready`',
    pending: 'what `api-server-ready` has as a fault of the server, which explains it',
    warn: 'it cannot be asked from here, and that says nothing certain of the server: a firewall drops the packets, or the address is not known to lead to the machine, as behind a load balancer, a tunnel or NAT',
    skip,
    explainedBy: ['api-server-ready'],
    talosctl:
      'its Kubernetes checks need `os:admin`, and end in the error of the first API server that does not answer',
    advice:
      'Check the control plane nodes, the pods of the API servers, the load balancer (if there is one), and firewall rules for port 6443',
    commands: ['talosctl -n 10.0.0.2 service etcd', 'talosctl -n 10.0.0.2 containers --kubernetes'],
  },
  'control-plane-components': {
    reads:
      '`StaticPods` and `StaticPodStatuses.kubernetes.talos.dev`; where one is not wanted, `ControllerManagerConfigs` or `SchedulerConfigs.kubernetes.talos.dev`',
    pending:
      'kube-controller-manager or kube-scheduler is not wanted though not disabled, not Running, or not Ready; a pod without a readiness probe is called running, and not ready',
    skip,
    explainedBy: ['boot-finished', 'services', 'api-server-ready', 'node-registered'],
    talosctl: '"all control plane components to be ready", which needs `os:admin`',
    advice: 'Read the logs of its containers',
    commands: ['talosctl -n 10.0.0.2 containers --kubernetes', 'talosctl -n 10.0.0.2 logs --kubernetes CONTAINER-ID'],
  },
  'node-registered': {
    reads:
      '`Nodenames.kubernetes.talos.dev` and `NodeStatuses.kubernetes.talos.dev`; with Kubernetes access the nodes of the API too',
    pending:
      'Talos sees no Kubernetes node of the name that the machine has, or the Kubernetes API lists none with a name or address of the machine; where only one of the two sees it, that is said',
    skip: `${skip}, or the machine configuration keeps it from registering`,
    explainedBy: ['boot-finished', 'services', 'api-server-ready'],
    talosctl: '"all k8s nodes to report", which compares addresses alone',
    advice: 'The kubelet registers the node once it reaches the API server. Read its log',
    commands: ['talosctl -n 10.0.1.1 logs kubelet', 'kubectl get nodes'],
  },
  'node-ready': {
    reads:
      '`NodeStatuses.kubernetes.talos.dev`, and the unmet condition `nodeReady` of the machine; with Kubernetes access the conditions of the node in the API too',
    pending: 'Kubernetes or Talos says that the node is not ready, or the node in the API has no condition Ready',
    warn: 'the node is Ready, and has MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable',
    skip: `${skip}, or the node does not register`,
    explainedBy: ['boot-finished', 'services', 'api-server-ready'],
    talosctl:
      '"all k8s nodes to report ready"; skipped there where the CNI is none, and content with a node that has no condition Ready',
    advice: 'The conditions of the node say why; where every node is concerned, the CNI is often missing',
    commands: ['talosctl -n 10.0.1.1 logs kubelet', 'kubectl describe node worker-1'],
  },
  'node-schedulable': {
    reads: '`NodeStatuses.kubernetes.talos.dev`, `unschedulable`; with Kubernetes access the node in the API too',
    pending: 'the node is cordoned, unless the input `cordoned` makes a warning of that',
    warn: 'the node is cordoned, and `cordoned` is `warn`',
    skip: `${skip}, the node does not register, or it is cordoned and \`cordoned\` is \`ignore\``,
    explainedBy: ['boot-finished', 'services', 'api-server-ready'],
    talosctl: '"all k8s nodes to report schedulable"',
    advice: 'When the work on the node is done, put it back',
    commands: ['kubectl uncordon worker-1'],
  },
  'kubernetes-version': {
    reads:
      'the version of each kubelet from the Kubernetes API, where there is access, else `KubeletStatuses.kubernetes.talos.dev` (Talos 1.14 and newer); the images in `StaticPods.kubernetes.talos.dev`',
    pending: 'the kubelet, kube-apiserver, kube-controller-manager or kube-scheduler is of another version',
    fail: 'the version of the kubelet is not available: Talos before 1.14, and no access to the Kubernetes API',
    explainedBy: ['boot-finished', 'services'],
    talosctl: 'not asked there',
    advice: 'See where the upgrade of Kubernetes stopped',
    commands: ['talosctl -n 10.0.0.2 get staticpods -o yaml', 'kubectl get nodes -o wide'],
  },
  'static-pods': {
    reads:
      '`StaticPods` and `StaticPodStatuses.kubernetes.talos.dev`, and the unmet condition `staticPods` of the machine',
    pending: 'a static pod that the node wants is not known to the kubelet, not Running, or not Ready',
    skip: `${skip}, or a worker, which does not tell Talos how its static pods fare`,
    explainedBy: ['boot-finished', 'services', 'api-server-ready', 'control-plane-components', 'node-registered'],
    talosctl:
      '"all control plane static pods to be running": existence is enough there, and a pod that crashes again and again passes',
    advice: 'Read the log of the kubelet, and the logs of the containers',
    commands: ['talosctl -n 10.0.0.2 get staticpodstatus', 'talosctl -n 10.0.0.2 logs kubelet'],
  },
};
