import type { Answer, Bounds, KubernetesApi, KubernetesKind } from '../kubernetes/model.ts';

interface KubernetesFacetDefinition {
  /** As it reads in "… could not be read". */
  readonly what: string;
  readonly read: (api: KubernetesApi, bounds: Bounds) => Promise<Answer<unknown>>;
  /** What to watch for it. */
  readonly watch: KubernetesKind;
}

/** Everything that is observed of the cluster through the Kubernetes API, besides whether it is ready. */
export const kubernetesFacets = {
  nodes: { what: 'the nodes', read: (api, bounds) => api.nodes(bounds), watch: 'nodes' },
  /** In kube-system, of the components that are judged. */
  pods: { what: 'the pods of kube-system', read: (api, bounds) => api.pods(bounds), watch: 'pods' },
  /** DaemonSets of kube-proxy; empty where it is off. */
  kubeProxy: {
    what: 'the DaemonSets of kube-system',
    read: (api, bounds) => api.kubeProxy(bounds),
    watch: 'daemon-sets',
  },
  /** Deployments of CoreDNS; empty where it is off. */
  coredns: { what: 'the Deployments of kube-system', read: (api, bounds) => api.coredns(bounds), watch: 'deployments' },
} as const satisfies Readonly<Record<string, KubernetesFacetDefinition>>;

export type KubernetesFacetName = keyof typeof kubernetesFacets;

export type KubernetesFacetValue<K extends KubernetesFacetName> = Extract<
  Awaited<ReturnType<(typeof kubernetesFacets)[K]['read']>>,
  { readonly ok: true }
>['value'];

export const kubernetesFacetNames = Object.keys(kubernetesFacets) as KubernetesFacetName[];
