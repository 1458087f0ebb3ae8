import type { Facet, KubernetesFacets, Snapshot } from '../../observe/snapshot.ts';
import type { Failure } from '../../talos/failure.ts';
import type { Cause, Hint, Outcome } from '../check.ts';
import { hint, notKnown, skip } from '../outcome.ts';

/** What the Kubernetes API said, or what to say instead. */
export type FromKubernetes<T> = { readonly value: T } | { readonly outcome: Outcome };

/** Without access no check needs it: this is what those that cannot do without are skipped with. */
export function needsAccess(why: string): Outcome {
  return skip(`needs Kubernetes access: ${why}`);
}

/** No answer came at all, not even a refusal. */
export function isUnreached({ code, kind }: Failure): boolean {
  return !code.startsWith('HTTP ') && kind !== 'malformed';
}

/** An API server that is ready knows who may do what: only then is a refusal final. */
export function isReady({ kubernetes, nodes }: Snapshot): boolean {
  return (
    (kubernetes.access && kubernetes.readyz.ok && kubernetes.readyz.value.status === 200) ||
    nodes.some(({ apiServer }) => apiServer?.ok === true && apiServer.value.status === 200)
  );
}

/**
 * One answer of the Kubernetes API. That there is none at all is for the check
 * `kubernetes-api` to judge, which blocks the others where it matters.
 */
export function fromKubernetes<T>(
  snapshot: Snapshot,
  facetOf: (facets: KubernetesFacets) => Facet<T>,
  what: string,
): FromKubernetes<T> {
  const { kubernetes } = snapshot;
  if (!kubernetes.access) {
    return { outcome: needsAccess(kubernetes.why) };
  }
  const facet = facetOf(kubernetes);
  if (facet.ok) {
    return { value: facet.value };
  }
  const { readyz, required, server } = kubernetes;
  if (!required && server !== undefined && !readyz.ok && isUnreached(readyz.error)) {
    return { outcome: skip(`not looked at: the Kubernetes API gives no answer from here: ${readyz.error.message}`) };
  }
  return { outcome: notKnown(`${what} could not be read: ${facet.error.message}`, retryHint) };
}

const retryHint = hint(
  'The Kubernetes API did not answer this question. If waiting does not help, ask it yourself.',
  "kubectl get --raw '/readyz?verbose'",
);

/** What to do where a kubeconfig does not suffice. */
export const rightsHint: Hint = hint(
  'Use a kubeconfig whose user may get, list and watch nodes, and the pods, DaemonSets and Deployments of kube-system; or leave the input kubernetes off.',
  'kubectl auth whoami',
  'kubectl auth can-i list nodes',
);

/** What may stand behind an API server that does not answer as it should. */
export function apiCauses({ nodes }: Snapshot): readonly Cause[] {
  const controlPlanes = nodes.filter(({ node }) => node.role === 'controlplane').map(({ node }) => node.name);
  const onEach = (check: string): Cause[] => controlPlanes.map((node) => ({ check, on: { node } }));
  return [
    { check: 'credentials', on: 'here' },
    { check: 'topology', on: 'here' },
    { check: 'etcd-quorum', on: 'here' },
    ...onEach('api-server-ready'),
    ...onEach('api-server-endpoint'),
    { check: 'api-reachable', on: 'everywhere' },
  ];
}
