import type { RememberedFacet } from '../../observe/facet.ts';
import { type KubernetesFacetName, kubernetesFacets } from '../../observe/kubernetes-facets.ts';
import type { Snapshot } from '../../observe/snapshot.ts';
import { isOnTheWay } from '../../talos/failure.ts';
import type { Cause, Hint, Outcome } from '../check.ts';
import { here, hint, notKnown, skip } from '../outcome.ts';
import { reachesMachine } from './api-server.ts';
import { isOfAnotherCluster } from './kubernetes-match.ts';

/** The Kubernetes API gives no answer now. */
export interface Silence {
  readonly outcome: Outcome;
  readonly reason: string;
}

/** What the Kubernetes API said, or what to say instead. While it is silent the value is what it said last. */
type FromKubernetes = { readonly value: unknown; readonly silence?: Silence } | { readonly outcome: Outcome };

/** Without access no check needs it: this is what those that cannot do without are skipped with. */
export function needsAccess(why: string): Outcome {
  return skip(`needs Kubernetes access: ${why}`);
}

/**
 * The Kubernetes API may well be out of reach from here, and that is no fault: it was never reached in this run,
 * nobody counts on it, and no connection comes about. A refusal is one too where no control plane is
 * known to be reached itself: the address may be nobody's.
 */
export function mayBeOutOfReach(snapshot: Snapshot): boolean {
  const { kubernetes, nodes } = snapshot;
  if (!kubernetes.access || kubernetes.required || kubernetes.server === undefined || kubernetes.readyz.ok) {
    return false;
  }
  const { kind } = kubernetes.readyz.error;
  const saysUnready = nodes.some(({ apiServer }) => apiServer?.ok === true && apiServer.value.status >= 500);
  const answers = [...kubernetes.apiServers.values()].some(({ ok }) => ok);
  return isOnTheWay(kind)
    ? !kubernetes.contacted && !saysUnready
    : kind === 'refused' && !answers && !nodes.some((node) => reachesMachine(node, snapshot));
}

/** An API server that is ready knows who may do what: only then is a refusal final. */
export function isReady({ kubernetes, nodes }: Snapshot): boolean {
  return (
    (kubernetes.access && kubernetes.readyz.ok && kubernetes.readyz.value.status === 200) ||
    nodes.some(({ apiServer }) => apiServer?.ok === true && apiServer.value.status === 200)
  );
}

/** One answer of the Kubernetes API. Why there is none at all is for the check `kubernetes-api` to judge. */
export function readKubernetes(snapshot: Snapshot, name: KubernetesFacetName): FromKubernetes {
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
  return facet.last === undefined ? { outcome } : { value: facet.last, silence: { outcome, reason } };
}

/** What was wrong when the API answered last is wrong until it is seen to be right; all else is not known while it is silent. */
export function untilSeen(outcome: Outcome, ...silences: readonly (Silence | undefined)[]): Outcome {
  const silence = silences.find((one) => one !== undefined);
  if (silence === undefined) {
    return outcome;
  }
  return outcome.status === 'pending' || outcome.status === 'fail'
    ? { ...outcome, message: `${outcome.message}; since then the Kubernetes API is silent: ${silence.reason}` }
    : silence.outcome;
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
