import type { NodeState, PodState } from '../model/node-state.ts';
import { clusterFault, controlPlaneFault, type Fault, nodeFault } from './fault.ts';

/** Faults of Kubernetes that Talos can tell too. */
export const kubernetesFaults = {
  'apiserver-not-ready': pod('kube-apiserver', 'not-ready', 'The kube-apiserver starts and is not ready.'),
  'apiserver-missing': pod(
    'kube-apiserver',
    'missing',
    'The kubelet does not know the kube-apiserver that the machine wants.',
  ),
  'apiserver-crash-loop': pod('kube-apiserver', 'crash-loop', 'The kube-apiserver crashes again and again.'),
  'apiserver-readyz-failing': controlPlaneFault(
    'A part of the kube-apiserver fails in /readyz (part); where the kubelet has probes, its pod is not ready.',
    (node, args) => ({
      ...node,
      apiServer: { ...node.apiServer, failingParts: [...node.apiServer.failingParts, args.part ?? 'informer-sync'] },
    }),
  ),
  'apiserver-readyz-unnoticed': controlPlaneFault(
    'A part of the kube-apiserver fails in /readyz (part), and the kubelet has not noticed yet.',
    (node, args) => ({ ...node, apiServer: { ...node.apiServer, unnoticedParts: [args.part ?? 'informer-sync'] } }),
  ),
  'apiserver-unwanted': controlPlaneFault('The machine does not (yet) want a kube-apiserver.', (node) =>
    without(node, 'kube-apiserver'),
  ),
  'apiserver-port-closed': controlPlaneFault(
    'Port 6443 refuses, by a firewall or since the process was killed a moment ago; the pod is well.',
    (node) => ({
      ...node,
      apiServer: { ...node.apiServer, port: 'blocked' },
    }),
  ),
  'apiserver-packets-vanish': controlPlaneFault(
    'Nothing answers a connection to port 6443, not even a refusal; the pod is well.',
    (node) => ({ ...node, apiServer: { ...node.apiServer, port: 'unanswered' } }),
  ),
  'apiserver-hangs': controlPlaneFault(
    'Connections to port 6443 are taken and never answered; the pod is well.',
    (node) => ({ ...node, apiServer: { ...node.apiServer, port: 'silent' } }),
  ),
  'kubelet-other-version': nodeFault(
    'The kubelet is of another version than the API servers (message; v1.37.0).',
    (node, args) => ({
      ...node,
      kubernetes: { ...node.kubernetes, kubeletVersion: args.message ?? 'v1.37.0' },
    }),
  ),
  'control-plane-other-version': controlPlaneFault(
    'kube-apiserver and the other components of the machine are of another version than the rest (message; v1.34.2).',
    (node, args) => ({
      ...node,
      kubernetes: { ...node.kubernetes, controlPlaneVersion: args.message ?? 'v1.34.2' },
    }),
  ),
  'kubeprism-cut-off': nodeFault('KubePrism of the machine reaches none of the API servers.', (node) => ({
    ...node,
    kubePrism: 'cut-off',
  })),
  'kubeprism-off': nodeFault('KubePrism of the machine is not enabled.', (node) => ({
    ...node,
    kubePrism: 'off',
  })),
  'apiserver-certificate-expiring': controlPlaneFault(
    'The certificate of kube-apiserver expires in three days: it was not renewed.',
    (node) => ({ ...node, apiServer: { ...node.apiServer, certificateHours: 72 } }),
  ),
  'controller-manager-crash-loop': pod(
    'kube-controller-manager',
    'crash-loop',
    'The kube-controller-manager crashes again and again.',
  ),
  'controller-manager-not-ready': pod(
    'kube-controller-manager',
    'not-ready',
    'The kube-controller-manager runs and is not ready.',
  ),
  'controller-manager-missing': pod(
    'kube-controller-manager',
    'missing',
    'The kubelet does not know the kube-controller-manager.',
  ),
  'controller-manager-unwanted': controlPlaneFault(
    'The machine does not (yet) want a kube-controller-manager.',
    (node) => without(node, 'kube-controller-manager'),
  ),
  'controller-manager-disabled': disabled('kube-controller-manager'),
  'scheduler-crash-loop': pod('kube-scheduler', 'crash-loop', 'The kube-scheduler crashes again and again.'),
  'scheduler-not-ready': pod('kube-scheduler', 'not-ready', 'The kube-scheduler runs and is not ready.'),
  'scheduler-missing': pod('kube-scheduler', 'missing', 'The kubelet does not know the kube-scheduler.'),
  'scheduler-unwanted': controlPlaneFault('The machine does not (yet) want a kube-scheduler.', (node) =>
    without(node, 'kube-scheduler'),
  ),
  'scheduler-disabled': disabled('kube-scheduler'),
  'static-pod-ready': otherPod(
    'ready',
    'The machine wants a static pod of the owner, and runs it: that is no fault (pod; kube-vip).',
  ),
  'static-pod-crash-loop': otherPod('crash-loop', 'A static pod of the owner crashes again and again (pod; kube-vip).'),
  'static-pod-missing': otherPod('missing', 'The kubelet does not know a static pod of the owner (pod; kube-vip).'),
  'static-pod-pending': otherPod('pending', 'A static pod of the owner does not start (pod; kube-vip).'),
  'node-unregistered': nodeFault('The kubelet never registered the node in Kubernetes.', (node) => ({
    ...node,
    kubernetes: { ...node.kubernetes, registered: false },
  })),
  'node-unseen-by-talos': nodeFault(
    'Talos on the machine does not see its node, which is well in Kubernetes.',
    (node) => ({ ...node, kubernetes: { ...node.kubernetes, unseenByTalos: true } }),
  ),
  'node-not-ready': nodeFault('The kubelet says that the node is not ready (reason, message).', (node, args) => {
    const reason = args.reason ?? 'KubeletNotReady';
    const complaint = { reason, message: args.message ?? 'PLEG is not healthy: pleg was last seen active 3m12s ago' };
    return { ...node, kubernetes: { ...node.kubernetes, complaint } };
  }),
  'node-pressure': nodeFault(
    'The node runs out of something and is still Ready (condition; DiskPressure).',
    (node, args) => ({
      ...node,
      kubernetes: { ...node.kubernetes, pressure: [...node.kubernetes.pressure, args.condition ?? 'DiskPressure'] },
    }),
  ),
  'node-cordoned': nodeFault('The node is cordoned.', (node) => ({
    ...node,
    kubernetes: { ...node.kubernetes, unschedulable: true },
  })),
  'cni-missing': clusterFault('There is no pod network: no node gets ready.', (state) => ({ ...state, cni: false })),
} as const;

function withPod(node: NodeState, id: string, state: PodState): NodeState {
  return { ...node, staticPods: { ...node.staticPods, [id]: state } };
}

function without(node: NodeState, id: string): NodeState {
  const { [id]: _gone, ...staticPods } = node.staticPods;
  return { ...node, staticPods };
}

function pod(id: string, state: PodState, description: string): Fault {
  return controlPlaneFault(description, (node) => withPod(node, id, state));
}

function otherPod(state: PodState, description: string): Fault {
  return nodeFault(description, (node, args) => withPod(node, args.pod ?? 'kube-vip', state));
}

function disabled(component: string): Fault {
  return controlPlaneFault(`The configuration switches the ${component} off: that is no fault.`, (node) => ({
    ...without(node, component),
    disabledComponents: [...node.disabledComponents, component],
  }));
}
