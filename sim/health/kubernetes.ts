import { controlPlanePods } from '../model/initial.ts';
import { kubernetesNodes, staticPodStatuses } from '../model/kubernetes.ts';
import { coreDnsPods, coreDnsReplicas, kubeProxyPods, type PodView, podViews } from '../model/workloads.ts';
import { withKubernetes } from './kubernetes-access.ts';
import {
  addressesOf,
  allAddresses,
  ask,
  type HealthCheck,
  type HealthView,
  isNode,
  notAuthorized,
  type Outcome,
} from './view.ts';

export const kubernetesChecks: readonly HealthCheck[] = [
  {
    title: 'all k8s nodes to report',
    // Talos gives more time to whoever must first get a kubeconfig
    interval: 30_000,
    assess: (view) => withKubernetes(view, nodesReported),
  },
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
    const pods = podViews(view.state).filter(({ app }) => app === component);
    if (pods.length !== masters.length) {
      return { error: `expected number of pods for ${component} to be ${masters.length}, got ${pods.length}` };
    }
    const unready = names(pods.filter(({ ready }) => !ready));
    if (unready.length > 0) return { error: `some pods are not ready for ${component}: [${unready.join(' ')}]` };
  }
  return 'OK';
}

function nodesReady(view: HealthView): Outcome {
  const unready = kubernetesNodes(view.state).filter(({ ready }) => ready.status !== 'True');
  return unready.length === 0
    ? 'OK'
    : { error: `some nodes are not ready: [${unready.map(({ name }) => name).join(' ')}]` };
}

function kubeProxyReady({ state }: HealthView): Outcome {
  if (!state.kubernetes.kubeProxy) return 'SKIP';
  return podsReady(kubeProxyPods(state), kubernetesNodes(state).length, 'k8s-app=kube-proxy');
}

function coreDnsReady({ state }: HealthView): Outcome {
  if (state.kubernetes.coreDns === 'off') return 'SKIP';
  return podsReady(coreDnsPods(state), coreDnsReplicas, 'k8s-app=kube-dns');
}

/** Pods that nobody started yet do not count. */
function podsReady(pods: readonly PodView[], replicas: number, selector: string): Outcome {
  const started = pods.filter(({ node }) => node !== undefined);
  const ready = started.filter((pod) => pod.ready);
  if (ready.length === 0) {
    const what = pods.length === 0 ? 'pods' : 'ready pods';
    return { error: `no ${what} found for namespace "kube-system" and label selector ${JSON.stringify(selector)}` };
  }
  const unready = names(started.filter((pod) => !pod.ready));
  if (unready.length > 0) return { error: `some pods are not ready: [${unready.join(' ')}]` };
  return ready.length === replicas ? 'OK' : { error: `expected ${replicas} ready pods, got ${ready.length}` };
}

function names(pods: readonly PodView[]): readonly string[] {
  return pods.map(({ name }) => name).sort();
}

/** talosctl stops at the first. */
function nodesSchedulable(view: HealthView): Outcome {
  const cordoned = kubernetesNodes(view.state).find(({ unschedulable }) => unschedulable);
  return cordoned === undefined ? 'OK' : { error: `some nodes are not schedulable: [${cordoned.name}]` };
}
