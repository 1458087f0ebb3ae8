import type { RememberedFacet } from '../../observe/facets/facet.ts';
import { type KubernetesFacetName, kubernetesFacets } from '../../observe/facets/kubernetes.ts';
import type { Snapshot } from '../../observe/snapshot.ts';
import { isOnTheWay } from '../../talos/failure.ts';
import type { Cause, Hint, Outcome } from '../check.ts';
import { here, hint, notKnown, skip } from '../outcome.ts';
import { reachesMachine } from './api-server.ts';
import { isOfAnotherCluster } from './kubernetes-match.ts';

/** The Kubernetes API does not answer now, but has answered before. */
export interface NoAnswer {
  readonly outcome: Outcome;
  readonly reason: string;
}

/** The answer of the Kubernetes API, or the outcome without it. While the API does not answer, its last answer. */
type KubernetesRead = { readonly value: unknown; readonly noAnswer?: NoAnswer } | { readonly outcome: Outcome };

/** The outcome of checks that read the Kubernetes API if there is no access to it. */
export function needsAccess(why: string): Outcome {
  return skip(`needs Kubernetes access: ${why}`);
}

/**
 * Whether the Kubernetes API may be unreachable from here without being at fault: access to it is not required, and no
 * connection was established in this run. A refused connection counts too, if no control plane is known to be reached
 * directly: the address may belong to another host.
 */
export function mayBeOutOfReach(snapshot: Snapshot): boolean {
  const { kubernetes, nodes } = snapshot;
  if (!kubernetes.access || kubernetes.required || kubernetes.server === undefined || kubernetes.readyz.ok) {
    return false;
  }
  const { kind } = kubernetes.readyz.error;
  const reportsNotReady = nodes.some(({ apiServer }) => apiServer?.ok === true && apiServer.value.status >= 500);
  const answers = [...kubernetes.apiServers.values()].some(({ ok }) => ok);
  return isOnTheWay(kind)
    ? !kubernetes.contacted && !reportsNotReady
    : kind === 'refused' && !answers && !nodes.some((node) => reachesMachine(node, snapshot));
}

/** Whether any API server is ready. One that is not may refuse valid credentials. */
export function isReady({ kubernetes, nodes }: Snapshot): boolean {
  return (
    (kubernetes.access && kubernetes.readyz.ok && kubernetes.readyz.value.status === 200) ||
    nodes.some(({ apiServer }) => apiServer?.ok === true && apiServer.value.status === 200)
  );
}

/** Reads a facet of the Kubernetes API. If the API does not answer at all, the check `kubernetes-api` reports why. */
export function readKubernetes(snapshot: Snapshot, name: KubernetesFacetName): KubernetesRead {
  const { kubernetes } = snapshot;
  if (!kubernetes.access) {
    return { outcome: needsAccess(kubernetes.why) };
  }
  const api = here('kubernetes-api');
  if (isOfAnotherCluster(snapshot)) {
    return { outcome: notKnown('not known: the Kubernetes API that answers is of another cluster', retryHint, api) };
  }
  const facet: RememberedFacet<unknown> = kubernetes[name];
  if (facet.ok) {
    return { value: facet.value };
  }
  if (mayBeOutOfReach(snapshot) && !kubernetes.readyz.ok) {
    const why = `the Kubernetes API cannot be reached from here: ${kubernetes.readyz.error.message}`;
    return { outcome: skip(`not looked at: ${why}`) };
  }
  const reason = facet.error.message;
  const outcome = notKnown(`${kubernetesFacets[name].what} could not be read: ${reason}`, retryHint, api);
  return facet.last === undefined ? { outcome } : { value: facet.last, noAnswer: { outcome, reason } };
}

/** While the API does not answer, faults in its last answer remain. Everything else is unknown. */
export function fromLastAnswer(outcome: Outcome, ...unanswered: readonly (NoAnswer | undefined)[]): Outcome {
  const noAnswer = unanswered.find((one) => one !== undefined);
  if (noAnswer === undefined) {
    return outcome;
  }
  return outcome.status === 'pending' || outcome.status === 'fail'
    ? { ...outcome, message: `${outcome.message}; since then the Kubernetes API is silent: ${noAnswer.reason}` }
    : noAnswer.outcome;
}

const retryHint = hint(
  'The Kubernetes API did not answer this question. If waiting does not help, ask it yourself.',
  "kubectl get --raw '/readyz?verbose'",
);

/** For a kubeconfig whose user lacks permissions. */
export const rightsHint: Hint = hint(
  'Use a kubeconfig whose user may get, list and watch nodes, and the pods, DaemonSets and Deployments of kube-system; or leave the input kubernetes off.',
  'kubectl auth whoami',
  'kubectl auth can-i list nodes',
);

/** Possible causes of an API server that does not answer as it should. */
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
