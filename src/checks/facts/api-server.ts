import type { RememberedFacet } from '../../observe/facet.ts';
import type { ApiServerAnswer, NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { type Failure, isOnTheWay } from '../../talos/failure.ts';
import { hostOf, withReason } from '../text.ts';
import { claimants, nodeIdOf } from './nodes.ts';

/**
 * What is known of the kube-apiserver of a control plane by asking it:
 *
 * - `ready`: it says so.
 * - `running`: it answers, and does not say whether it is ready.
 * - `faulty`: it does not serve.
 * - `unknown`: what was seen from here says nothing certain about it.
 */
export interface ApiServerState {
  readonly is: 'ready' | 'running' | 'faulty' | 'unknown';
  /** In words that do not name the node. */
  readonly words: string;
}

type Readyz = Pick<ApiServerAnswer, 'status' | 'body'>;

/** With Kubernetes access its answer to the credentials counts, else what it says to strangers. */
export function apiServerState(node: NodeSnapshot, snapshot: Snapshot): ApiServerState {
  const { apiServer: asked } = node;
  const { kubernetes } = snapshot;
  if (asked === undefined) {
    return { is: 'unknown', words: 'kube-apiserver was not asked' };
  }
  const direct = reachesMachine(node, snapshot);
  const own = withCredentials(node, snapshot);
  const proves = direct || (kubernetes.access && kubernetes.verified);
  const seen = asked.ok
    ? ofAnswer(asked.value, direct, 'anonymous requests')
    : ofSilence(asked.error, node, direct, snapshot);
  if (own?.ok) {
    // Of two that came the same way the worse one counts; a kubeconfig that was given may lead through a proxy of its own.
    const isComparable = asked.ok || (kubernetes.access && kubernetes.kubeconfig === 'talos');
    return isComparable && seen.is === 'faulty' ? seen : ofAnswer(own.value, proves, 'the user of the kubeconfig');
  }
  if (own !== undefined) {
    const refused = own.error.kind === 'not-authorized' && acceptsElsewhere(snapshot);
    if (proves && refused) {
      return {
        is: 'faulty',
        words: `kube-apiserver does not accept the kubeconfig, and others do: ${own.error.message}`,
      };
    }
    const before = own.last === undefined ? undefined : ofAnswer(own.last, proves, '');
    if (before?.is === 'faulty') {
      return { is: 'faulty', words: `${before.words}; since then ${own.error.message}` };
    }
    // It may answer strangers before it has asked its etcd anything.
    if (asked.ok && own.error.kind === 'timeout') {
      return ofSilence(own.error, node, direct, snapshot);
    }
  }
  return seen;
}

/**
 * Whether it is the machine itself that is reached from here: it answers as an
 * endpoint at that address, or takes connections on the Talos port there. Behind a
 * load balancer, a tunnel or NAT a node's address can be nobody's, or another machine's.
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

/** A tunnel: nothing there is the machine's but what the tunnel leads to. */
const isLoopback = (address: string): boolean => /^(127\.0\.0\.1|::1|localhost)$/.test(address);

/** What the API server at the address that was asked says to the credentials of the kubeconfig. */
function withCredentials(
  { apiServerWay, node }: NodeSnapshot,
  { kubernetes }: Snapshot,
): RememberedFacet<Readyz> | undefined {
  return kubernetes.access ? kubernetes.apiServers.get(apiServerWay?.address ?? node.address) : undefined;
}

function acceptsElsewhere({ kubernetes }: Snapshot): boolean {
  return kubernetes.access && [...kubernetes.apiServers.values()].some(({ ok }) => ok);
}

/** @param proves whether it is known that the API server of this machine has answered, or another one of this cluster */
function ofAnswer({ status, body }: Readyz, proves: boolean, to: string): ApiServerState {
  if (status === 200) {
    return { is: 'ready', words: '/readyz says ready' };
  }
  if (status === 401 || status === 403) {
    return {
      is: 'running',
      words: `it answers, and its readiness is not known: /readyz is closed to ${to} (${status})`,
    };
  }
  const words = withReason(`/readyz answers ${status}`, failingParts({ body }));
  return proves
    ? { is: 'faulty', words: `kube-apiserver is not ready: ${words}` }
    : { is: 'unknown', words: `${words}; it is not known whether that is the kube-apiserver of this machine` };
}

function ofSilence(failure: Failure, node: NodeSnapshot, direct: boolean, snapshot: Snapshot): ApiServerState {
  const port = node.apiServerWay?.port ?? node.node.apiServerPort;
  if (!direct) {
    const words = `kube-apiserver gives no answer from here: ${failure.message}; it is not known whether this address leads to the machine`;
    return { is: 'unknown', words };
  }
  if (isOnTheWay(failure.kind)) {
    const others = snapshot.nodes.some((other) => other !== node && other.apiServer?.ok === true);
    return others || node.apiServerWay?.contacted === true
      ? { is: 'faulty', words: `no connection to kube-apiserver: ${failure.message}` }
      : { is: 'unknown', words: `no connection to port ${port}: ${failure.message}; a firewall may stand between` };
  }
  switch (failure.kind) {
    case 'refused':
      return { is: 'faulty', words: `kube-apiserver refuses connections on port ${port}` };
    case 'timeout':
      return { is: 'faulty', words: `kube-apiserver hangs: ${failure.message}` };
    default:
      return { is: 'faulty', words: `kube-apiserver does not answer: ${failure.message}` };
  }
}

/** `/readyz` lists its parts one a line, the failing ones as `[-]etcd failed: reason withheld`. */
export function failingParts({ body }: Pick<ApiServerAnswer, 'body'>): string {
  const parts = body.split('\n').filter((line) => line.startsWith('[-]'));
  return parts.length > 0 ? parts.map((part) => part.slice(3)).join('; ') : body.slice(0, 200);
}
