import { controlPlanePods } from '../model/initial.ts';
import {
  apiServerListens,
  apiServerWorks,
  componentPods,
  kubernetesNodes,
  staticPodStatuses,
} from '../model/kubernetes.ts';
import { isRunning } from '../model/services.ts';
import { isAlive } from '../model/state.ts';
import {
  addressesOf,
  allAddresses,
  ask,
  endpointNode,
  type HealthCheck,
  type HealthView,
  isNode,
  notAuthorized,
  type Outcome,
} from './view.ts';

export const kubernetesChecks: readonly HealthCheck[] = [
  { title: 'all k8s nodes to report', assess: (view) => withKubernetes(view, nodesReported) },
  { title: 'all control plane static pods to be running', assess: staticPodsThere },
  { title: 'all control plane components to be ready', assess: (view) => withKubernetes(view, componentsReady) },
  {
    title: 'all k8s nodes to report ready',
    assess: (view) => (noCni(view) ? 'SKIP' : withKubernetes(view, nodesReady)),
  },
  { title: 'kube-proxy to report ready', assess: (view) => withKubernetes(view, kubeProxyReady) },
  { title: 'coredns to report ready', assess: (view) => (noCni(view) ? 'SKIP' : withKubernetes(view, coreDnsReady)) },
  { title: 'all k8s nodes to report schedulable', assess: (view) => withKubernetes(view, nodesSchedulable) },
];

/** A kubeconfig is for administrators; and the API server must be there. */
function withKubernetes(view: HealthView, judge: (view: HealthView) => Outcome): Outcome {
  if (!view.roles.has('os:admin')) return notAuthorized;
  if (!view.state.scenario.kubernetes) return 'SKIP';
  const endpoint = endpointNode(view);
  const call = `Get "https://${endpoint.address}:6443/api/v1/nodes": dial tcp ${endpoint.address}:6443`;
  if (endpoint.presence === 'frozen') return { error: `${call}: i/o timeout`, slow: true };
  if (!apiServerListens(endpoint)) return { error: `${call}: connect: connection refused` };
  if (!apiServerWorks(view.state, endpoint)) return { error: 'etcdserver: request timed out', slow: true };
  return judge(view);
}

function noCni({ state }: HealthView): boolean {
  return state.scenario.cni === 'none';
}

function nodesReported(view: HealthView): Outcome {
  const actual = kubernetesNodes(view.state).map(({ address }) => address);
  return match(allAddresses(view), actual);
}

function match(expected: readonly string[], actual: readonly string[]): Outcome {
  const missing = expected.find((address) => !actual.includes(address));
  if (missing !== undefined) return { error: `can't find expected node with IPs [${JSON.stringify(missing)}]` };
  const unexpected = actual.filter((address) => !expected.includes(address)).map((address) => JSON.stringify(address));
  return unexpected.length === 0 ? 'OK' : { error: `unexpected nodes with IPs [${unexpected.join(' ')}]` };
}

function staticPodsThere(view: HealthView): Outcome {
  if (!view.state.scenario.kubernetes) return 'OK';
  if (!view.roles.has('os:admin')) return notAuthorized;
  for (const address of addressesOf(view).controlPlanes) {
    const node = ask(view, address);
    if (!isNode(node))
      return { error: `error listing static pods config for node ${address}: ${node.error}`, slow: node.slow };
    const there = staticPodStatuses(view.state, node).map(({ pod }) => pod);
    const missing = controlPlanePods.filter((pod) => !there.includes(pod)).map((pod) => `kube-system/${pod}`);
    if (missing.length > 0)
      return { error: `missing static pods on node ${address}: [${[...missing].sort().join(' ')}]` };
  }
  return 'OK';
}

function componentsReady(view: HealthView): Outcome {
  const { controlPlanes } = addressesOf(view);
  const masters = kubernetesNodes(view.state).filter((node) => node.controlPlane);
  const matched = match(
    controlPlanes,
    masters.map(({ address }) => address),
  );
  if (matched !== 'OK') return matched;
  for (const component of ['kube-apiserver', 'kube-scheduler', 'kube-controller-manager']) {
    const pods = componentPods(view.state, component);
    if (pods.length !== masters.length) {
      return { error: `expected number of pods for ${component} to be ${masters.length}, got ${pods.length}` };
    }
    const unready = pods.filter(({ ready }) => !ready).map(({ node }) => `${component}-${node}`);
    if (unready.length > 0) return { error: `some pods are not ready for ${component}: [${unready.join(' ')}]` };
  }
  return 'OK';
}

function nodesReady(view: HealthView): Outcome {
  const unready = kubernetesNodes(view.state).filter(({ ready }) => !ready);
  return unready.length === 0
    ? 'OK'
    : { error: `some nodes are not ready: [${unready.map(({ name }) => name).join(' ')}]` };
}

/** One on every node, on the node's own network. */
function kubeProxyReady({ state }: HealthView): Outcome {
  const unready = state.nodes.filter(
    (node) => node.kubernetes.registered && !(isAlive(node) && isRunning(node, 'kubelet')),
  );
  const pods = unready.map(({ name }) => `kube-proxy-${name}`);
  return pods.length === 0 ? 'OK' : { error: `some pods are not ready: [${pods.join(' ')}]` };
}

/** It needs the pod network, and a node to run on. */
function coreDnsReady({ state }: HealthView): Outcome {
  if (kubernetesNodes(state).some(({ ready }) => ready)) return 'OK';
  return { error: 'no ready pods found for namespace "kube-system" and label selector "k8s-app=kube-dns"' };
}

/** talosctl stops at the first. */
function nodesSchedulable(view: HealthView): Outcome {
  const cordoned = kubernetesNodes(view.state).find(({ unschedulable }) => unschedulable);
  return cordoned === undefined ? 'OK' : { error: `some nodes are not schedulable: [${cordoned.name}]` };
}
