import type { Answer, Bounds, KubernetesApi, KubernetesKind } from '../../kubernetes/model.ts';

interface KubernetesFacetDefinition {
  /** Completes "… could not be read". */
  readonly what: string;
  readonly read: (api: KubernetesApi, bounds: Bounds) => Promise<Answer<unknown>>;
  /** The kind to watch for changes. */
  readonly watch: KubernetesKind;
}

/** Everything that is observed through the Kubernetes API, except its readiness. */
export const kubernetesFacets = {
  nodes: { what: 'the nodes', read: (api, bounds) => api.nodes(bounds), watch: 'nodes' },
  /** In kube-system, of the components that checks evaluate. */
  pods: { what: 'the pods of kube-system', read: (api, bounds) => api.pods(bounds), watch: 'pods' },
  /** DaemonSets of kube-proxy; empty if it is disabled. */
  kubeProxy: {
    what: 'the DaemonSets of kube-system',
    read: (api, bounds) => api.kubeProxy(bounds),
    watch: 'daemon-sets',
  },
  /** Deployments of CoreDNS; empty if it is disabled. */
  coredns: { what: 'the Deployments of kube-system', read: (api, bounds) => api.coredns(bounds), watch: 'deployments' },
  allPods: { what: 'the pods of all namespaces', read: (api, bounds) => api.allPods(bounds), watch: 'all-pods' },
  budgets: {
    what: 'the PodDisruptionBudgets',
    read: (api, bounds) => api.budgets(bounds),
    watch: 'disruption-budgets',
  },
} as const satisfies Readonly<Record<string, KubernetesFacetDefinition>>;

export type KubernetesFacetName = keyof typeof kubernetesFacets;

export type KubernetesFacetValue<K extends KubernetesFacetName> = Extract<
  Awaited<ReturnType<(typeof kubernetesFacets)[K]['read']>>,
  { readonly ok: true }
>['value'];

export const kubernetesFacetNames = Object.keys(kubernetesFacets) as KubernetesFacetName[];

/** As checks name a facet of the Kubernetes API. */
export type KubernetesReading = `kubernetes.${KubernetesFacetName}`;

const prefix = 'kubernetes.';

/** The name of a facet of the Kubernetes API without its prefix; undefined for other facets. */
export function kubernetesFacetOf(reading: string): KubernetesFacetName | undefined {
  return reading.startsWith(prefix) ? (reading.slice(prefix.length) as KubernetesFacetName) : undefined;
}
