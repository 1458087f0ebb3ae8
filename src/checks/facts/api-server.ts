import type { RememberedFacet } from '../../observe/facets/facet.ts';
import type { ApiServerAnswer, NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { type Failure, isOnTheWay } from '../../talos/failure.ts';
import { hostOf, withReason } from '../text.ts';
import { claimants, nodeIdOf } from './nodes.ts';

/**
 * The state of the kube-apiserver of a control plane, by its answers to `/readyz`:
 *
 * - `ready`: it reports that it is ready.
 * - `running`: it answers, but does not allow the request.
 * - `faulty`: it does not serve, or reports that it is not ready.
 * - `unknown`: it is not certain that the answer, or the lack of one, is its own.
 */
export interface ApiServerState {
  readonly state: 'ready' | 'running' | 'faulty' | 'unknown';
  /** Without the name of the node. */
  readonly words: string;
}

type Readyz = Pick<ApiServerAnswer, 'status' | 'body'>;

/** With Kubernetes access its answer to authenticated requests counts, else its answer to anonymous ones. */
export function apiServerState(node: NodeSnapshot, snapshot: Snapshot): ApiServerState {
  const { apiServer: asked } = node;
  const { kubernetes } = snapshot;
  if (asked === undefined) {
    return { state: 'unknown', words: 'kube-apiserver was not asked' };
  }
  const direct = reachesMachine(node, snapshot);
  const own = withCredentials(node, snapshot);
  const proves = direct || (kubernetes.access && kubernetes.verified);
  const seen = asked.ok
    ? ofAnswer(asked.value, direct, 'anonymous requests')
    : ofNoAnswer(asked.error, node, direct, snapshot);
  if (own?.ok) {
    // Of two answers over the same route the worse one counts. A given kubeconfig may use a proxy.
    const isComparable = asked.ok || (kubernetes.access && kubernetes.kubeconfig === 'talos');
    return isComparable && seen.state === 'faulty' ? seen : ofAnswer(own.value, proves, 'the user of the kubeconfig');
  }
  if (own !== undefined) {
    const refused = own.error.kind === 'not-authorized' && acceptsElsewhere(snapshot);
    if (proves && refused) {
      return {
        state: 'faulty',
        words: `kube-apiserver does not accept the kubeconfig, and others do: ${own.error.message}`,
      };
    }
    const before = own.last === undefined ? undefined : ofAnswer(own.last, proves, '');
    if (before?.state === 'faulty') {
      return { state: 'faulty', words: `${before.words}; since then ${own.error.message}` };
    }
    // It may answer anonymous requests without using its etcd.
    if (asked.ok && own.error.kind === 'timeout') {
      return ofNoAnswer(own.error, node, direct, snapshot);
    }
  }
  return seen;
}

/**
 * Whether the address of the API server leads to the machine itself: the machine answers there as an endpoint, or the
 * Talos port accepts connections. Behind a load balancer, a tunnel or NAT, the address may lead to another host.
 */
export function reachesMachine(seen: NodeSnapshot, snapshot: Snapshot): boolean {
  const { apiServerWay } = seen;
  if (apiServerWay === undefined) {
    return false;
  }
  const { address, talosPort } = apiServerWay;
  const own = nodeIdOf(seen);
  const found = snapshot.endpoints.flatMap(({ endpoint, nodeId }) =>
    nodeId !== undefined && hostOf(endpoint) === address ? [nodeId] : [],
  );
  return found.length > 0
    ? found.every((nodeId) => nodeId === own)
    : talosPort && claimants(snapshot, address).length < 2 && !isLoopback(address);
}

/** A tunnel, which forwards single ports. */
const isLoopback = (address: string): boolean => /^(127\.0\.0\.1|::1|localhost)$/.test(address);

/** The answer of the API server to the credentials of the kubeconfig. */
function withCredentials(
  { apiServerWay, node }: NodeSnapshot,
  { kubernetes }: Snapshot,
): RememberedFacet<Readyz> | undefined {
  return kubernetes.access ? kubernetes.apiServers.get(apiServerWay?.address ?? node.address) : undefined;
}

function acceptsElsewhere({ kubernetes }: Snapshot): boolean {
  return kubernetes.access && [...kubernetes.apiServers.values()].some(({ ok }) => ok);
}

/** @param proves whether the answer is known to be of an API server of this cluster */
function ofAnswer({ status, body }: Readyz, proves: boolean, to: string): ApiServerState {
  if (status === 200) {
    return { state: 'ready', words: '/readyz says ready' };
  }
  if (status === 401 || status === 403) {
    return {
      state: 'running',
      words: `it answers, and its readiness is not known: /readyz is closed to ${to} (${status})`,
    };
  }
  const words = withReason(`/readyz answers ${status}`, failingParts({ body }));
  return proves
    ? { state: 'faulty', words: `kube-apiserver is not ready: ${words}` }
    : { state: 'unknown', words: `${words}; it is not known whether that is the kube-apiserver of this machine` };
}

function ofNoAnswer(failure: Failure, node: NodeSnapshot, direct: boolean, snapshot: Snapshot): ApiServerState {
  const port = node.apiServerWay?.port ?? node.node.apiServerPort;
  if (!direct) {
    const words = `kube-apiserver gives no answer from here: ${failure.message}; it is not known whether this address leads to the machine`;
    return { state: 'unknown', words };
  }
  if (isOnTheWay(failure.kind)) {
    const others = snapshot.nodes.some((other) => other !== node && other.apiServer?.ok === true);
    return others || node.apiServerWay?.contacted === true
      ? { state: 'faulty', words: `no connection to kube-apiserver: ${failure.message}` }
      : { state: 'unknown', words: `no connection to port ${port}: ${failure.message}; a firewall may stand between` };
  }
  switch (failure.kind) {
    case 'refused':
      return { state: 'faulty', words: `kube-apiserver refuses connections on port ${port}` };
    case 'timeout':
      return { state: 'faulty', words: `kube-apiserver hangs: ${failure.message}` };
    default:
      return { state: 'faulty', words: `kube-apiserver does not answer: ${failure.message}` };
  }
}

/** The failing checks of `/readyz`, which lists one per line: `[-]etcd failed: reason withheld`. */
export function failingParts({ body }: Pick<ApiServerAnswer, 'body'>): string {
  const parts = body.split('\n').filter((line) => line.startsWith('[-]'));
  return parts.length > 0 ? parts.map((part) => part.slice(3)).join('; ') : body.slice(0, 200);
}
