import type { StageNotes } from './notes.ts';

const skip = 'no node of the cluster shows a trace of Kubernetes, there is no Kubernetes access (see `kubernetes-api`)';

const apiServer = ['api-server-ready', 'api-server-endpoint'];

/** Checks that need the Kubernetes API. */
export const workloads: StageNotes = {
  'kubernetes-api': {
    reads: '`/readyz?verbose` of the server that the kubeconfig (or `k8s-endpoint`) names, with its credentials',
    pending:
      'the server is silent or refuses connections, answers anything but 200 or 403 (with the parts that fail), or does not accept the kubeconfig; or it is of another cluster (none of its nodes has an address of a discovered machine); or Talos gives an admin no kubeconfig, or the cluster has no Kubernetes though it is `required`. What was wrong when the API fell silent stays so, with its last words, until it is seen to be right',
    fail: 'the kubeconfig cannot be read, or an API server that is ready does not accept it or does not let its user list what is judged; or access is `required`, and there is no way to it',
    warn: "nobody asked for Kubernetes access, it is only tried because the talosconfig is an admin's, and no connection to the server has come about in this run: a firewall may stand between. What needs the Kubernetes API is then skipped",
    skip: "no node of the cluster shows a trace of Kubernetes, or there is no access: no kubeconfig is given and the talosconfig is no admin's, or `kubernetes` is `off`",
    explainedBy: ['credentials', 'topology', 'api-reachable', 'etcd-quorum', ...apiServer],
    talosctl: 'it has no such check: the others end in the error of the API server; it never asks for `/readyz`',
    advice: 'Check the server of the kubeconfig, the load balancer and firewall rules, and the rights of the user',
    commands: ["kubectl get --raw '/readyz?verbose'", 'kubectl cluster-info', 'kubectl auth can-i list nodes'],
  },
  'control-plane-pods': {
    reads:
      'the pods of kube-system labelled `k8s-app=kube-apiserver`, `kube-controller-manager` and `kube-scheduler`, and the label `node-role.kubernetes.io/control-plane` of the node',
    pending:
      'a pod of a component that is not disabled is missing on this control plane, not Running, or not Ready, or the node lacks the label',
    skip: `${skip}, or the Kubernetes API cannot be reached from here`,
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
    advice: 'Read the log of the kubelet, and those of the containers',
    commands: ['kubectl -n kube-system get pods -o wide', 'talosctl -n 10.0.0.2 logs kubelet'],
  },
  'no-unexpected-nodes': {
    reads: 'the nodes of Kubernetes, matched by the name that Talos gave the kubelet, or by any shared name or address',
    pending: 'a node of Kubernetes is no machine of the cluster, or a worker is labelled as a control plane',
    warn: 'without discovery and without `worker-nodes`, Kubernetes has workers that are on no list',
    skip: `${skip}, or the Kubernetes API cannot be reached from here`,
    explainedBy: ['kubernetes-api', 'topology'],
    talosctl:
      '"all k8s nodes to report", which compares addresses alone, and "all control plane components to be ready"',
    advice: 'Compare the nodes of Kubernetes with the members of the cluster',
    commands: ['kubectl get nodes -o wide', 'talosctl get members'],
  },
  'kube-proxy': {
    reads: 'the DaemonSets and pods of kube-system labelled `k8s-app=kube-proxy`',
    pending:
      'one of its pods is not Ready, there are more or fewer than there should be, or its controller lags behind',
    skip: `${skip}, the Kubernetes API cannot be reached from here, or kube-proxy is off (there is no such DaemonSet)`,
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
    talosctl:
      '"kube-proxy to report ready". Pods whose containers have not begun are left out there; here they count as not ready, and a change that the controller has not seen is waited for: what runs is then not what was asked for',
    advice: 'Read the log of the pod that is not ready',
    commands: ['kubectl -n kube-system get pods -l k8s-app=kube-proxy -o wide'],
  },
  coredns: {
    reads: 'the Deployments and pods of kube-system labelled `k8s-app=kube-dns`',
    pending:
      'one of its pods is not Ready, there are more or fewer than there should be, or its controller lags behind',
    skip: `${skip}, the Kubernetes API cannot be reached from here, or CoreDNS is off (there is no such Deployment)`,
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
    talosctl:
      '"coredns to report ready", skipped there where the CNI is none: here the nodes explain it, which are not Ready then. Otherwise as kube-proxy',
    advice: 'See where its pods are and what they wait for',
    commands: [
      'kubectl -n kube-system get pods -l k8s-app=kube-dns -o wide',
      'kubectl -n kube-system describe pods -l k8s-app=kube-dns',
    ],
  },
};
