// The entry point of a separate bundle, which is loaded only if the Kubernetes API is queried.

import type { Proxying } from '../net/proxy.ts';
import type { HostPort } from '../values/address.ts';
import { ok } from '../values/result.ts';
import { openSession, type Session } from './http.ts';
import { type Author, readKubeconfig } from './kubeconfig.ts';
import { type Kinds, list, pathOf, sources } from './lists.ts';
import type { Answer, Bounds, KubernetesApi, KubernetesKind, ReadyzAnswer, Trouble } from './model.ts';
import { failed, refusal, troubleOf } from './trouble.ts';
import { events } from './watch.ts';

export { kubeconfigIn } from './untar.ts';

/** Bytes of a response of `/readyz?verbose`, and of an error response. */
const maxTextBytes = 64 * 1024;

/** Enough to name all failed checks. */
const maxBodyLength = 4096;

/** The resource version at which a watch starts, and what the checks evaluate of each object at that version. */
interface Known {
  resourceVersion: string;
  readonly digests: Map<string, string>;
}

/**
 * A client for the current context of a kubeconfig. It does not connect yet.
 *
 * @throws {Error} if the kubeconfig is invalid; the message contains no secrets
 */
export function openKubernetesApi(
  kubeconfig: string,
  author: Author,
  endpoint?: string,
  proxying?: Proxying,
): KubernetesApi {
  const access = readKubeconfig(kubeconfig, author, endpoint);
  const session = openSession(access, proxying);
  const known = new Map<KubernetesKind, Known>();

  async function listKind<K extends KubernetesKind>(kind: K, bounds: Bounds): Promise<Answer<readonly Kinds[K][]>> {
    const listed = await list<Kinds[K]>(session, kind, sources[kind].decode, bounds);
    if (!listed.ok) {
      return listed;
    }
    const digests = new Map(listed.value.items.map((item) => [item.name, JSON.stringify(item)]));
    known.set(kind, { resourceVersion: listed.value.resourceVersion, digests });
    return ok(listed.value.items);
  }

  async function watch(kind: KubernetesKind, opening: Bounds, onEvent: () => void): Promise<Trouble> {
    if (!known.has(kind)) {
      const listed = await listKind(kind, opening);
      if (!listed.ok) {
        return listed.error;
      }
    }
    const begin = known.get(kind)?.resourceVersion ?? '';
    const opened = await session.open(pathOf(kind, { watch: 'true', resourceVersion: begin }), opening);
    if (!opened.ok) {
      return opened.error;
    }
    const response = opened.value;
    const cut = (): void => void response.destroy();
    opening.signal.addEventListener('abort', cut, { once: true });
    try {
      if (response.statusCode !== 200) {
        known.delete(kind);
        return refusal(response.statusCode ?? 0, '').error;
      }
      onEvent();
      for await (const event of events(response)) {
        if (event.type === 'broken') {
          // The resource version may have expired: the next watch starts with a list.
          known.delete(kind);
          return event.trouble;
        }
        if (note(kind, event.type, event.object)) {
          onEvent();
        }
      }
      return { kind: 'dropped', code: 'ENDED', message: 'the server ended the watch' };
    } catch (error) {
      return opening.signal.aborted ? failed('cancelled', 'CANCELLED', 'cancelled').error : troubleOf(error).error;
    } finally {
      opening.signal.removeEventListener('abort', cut);
      cut();
    }
  }

  /** Whether anything that the checks evaluate has changed: nodes update their status periodically. */
  function note(
    kind: KubernetesKind,
    type: 'changed' | 'deleted' | 'bookmark',
    object: Readonly<Record<string, unknown>>,
  ): boolean {
    const state = known.get(kind);
    const { metadata } = object;
    const { resourceVersion } = { resourceVersion: undefined, ...(typeof metadata === 'object' ? metadata : {}) };
    if (state !== undefined && typeof resourceVersion === 'string') {
      state.resourceVersion = resourceVersion;
    }
    if (type === 'bookmark' || state === undefined) {
      return type !== 'bookmark';
    }
    try {
      const item = sources[kind].decode(object);
      const digest = type === 'deleted' ? undefined : JSON.stringify(item);
      const changed = state.digests.get(item.name) !== digest;
      if (digest === undefined) {
        state.digests.delete(item.name);
      } else {
        state.digests.set(item.name, digest);
      }
      return changed;
    } catch {
      // The next list reports what is invalid.
      return true;
    }
  }

  return {
    server: access.server.origin,
    verified: access.verified,
    readyz: (bounds, at) => readyz(session, bounds, at),
    nodes: (bounds) => listKind('nodes', bounds),
    pods: (bounds) => listKind('pods', bounds),
    kubeProxy: (bounds) => listKind('daemon-sets', bounds),
    coredns: (bounds) => listKind('deployments', bounds),
    allPods: (bounds) => listKind('all-pods', bounds),
    budgets: (bounds) => listKind('disruption-budgets', bounds),
    watch,
    [Symbol.dispose]: () => session[Symbol.dispose](),
  };
}

async function readyz(session: Session, bounds: Bounds, at: HostPort | undefined): Promise<Answer<ReadyzAnswer>> {
  const answer = await session.get('/readyz?verbose', bounds, maxTextBytes, at);
  if (!answer.ok) {
    return answer;
  }
  const { status, body } = answer.value;
  return status === 401 ? refusal(status, body) : ok({ status, body: body.slice(0, maxBodyLength) });
}
