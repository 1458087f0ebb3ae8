import { ok } from '../values/result.ts';
import { decodeDaemonSet, decodeDeployment, decodeNode, decodePage, decodePod, type Page } from './decode.ts';
import { decodeBudget, decodePlacedPod } from './decode-disruption.ts';
import type { Session } from './http.ts';
import type {
  Answer,
  Bounds,
  DisruptionBudget,
  KubernetesKind,
  KubernetesNode,
  KubernetesPod,
  PlacedPod,
  Workload,
} from './model.ts';
import { failed, refusal } from './trouble.ts';

/** The decoder of each kind. */
export interface Kinds {
  readonly nodes: KubernetesNode;
  readonly pods: KubernetesPod;
  readonly 'daemon-sets': Workload;
  readonly deployments: Workload;
  readonly 'all-pods': PlacedPod;
  readonly 'disruption-budgets': DisruptionBudget;
}

interface Source<T> {
  readonly path: string;
  readonly labels?: string;
  readonly decode: (item: Readonly<Record<string, unknown>>) => T;
}

const apps = 'k8s-app in (kube-apiserver,kube-controller-manager,kube-scheduler,kube-proxy,kube-dns)';

/** The labels that Talos sets and talosctl selects by. */
export const sources: { readonly [K in KubernetesKind]: Source<Kinds[K]> } = {
  nodes: { path: '/api/v1/nodes', decode: decodeNode },
  pods: { path: '/api/v1/namespaces/kube-system/pods', labels: apps, decode: decodePod },
  'daemon-sets': {
    path: '/apis/apps/v1/namespaces/kube-system/daemonsets',
    labels: 'k8s-app=kube-proxy',
    decode: decodeDaemonSet,
  },
  deployments: {
    path: '/apis/apps/v1/namespaces/kube-system/deployments',
    labels: 'k8s-app=kube-dns',
    decode: decodeDeployment,
  },
  'all-pods': { path: '/api/v1/pods', decode: decodePlacedPod },
  'disruption-budgets': { path: '/apis/policy/v1/poddisruptionbudgets', decode: decodeBudget },
};

/** The path of a list or a watch. */
export function pathOf(kind: KubernetesKind, parameters: Readonly<Record<string, string>>): string {
  const { path, labels } = sources[kind];
  const query = new URLSearchParams({ ...(labels !== undefined && { labelSelector: labels }), ...parameters });
  return `${path}?${query}`;
}

/** Bytes of one page: 500 nodes with 50 images each take 10 MB. */
const longestPage = 64 * 1024 * 1024;

const pageSize = 500;

/** Above the size of any cluster. Without a limit a server could return pages forever. */
const maxPages = 100;

/** A complete list, with the resource version from which to watch. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** Reads a list page by page; fails if it is not complete within the bounds. */
export async function list<T>(
  session: Session,
  kind: KubernetesKind,
  decode: (item: Readonly<Record<string, unknown>>) => T,
  bounds: Bounds,
  now: () => number = () => performance.now(),
): Promise<Answer<Listed<T>>> {
  const end = now() + bounds.timeout;
  const items: T[] = [];
  let next = '';
  for (let page = 0; page < maxPages; page += 1) {
    const path = pathOf(kind, { limit: String(pageSize), ...(next !== '' && { continue: next }) });
    const left = { timeout: Math.max(1, Math.round(end - now())), signal: bounds.signal };
    const answer = await session.get(path, left, longestPage);
    if (!answer.ok) {
      return answer;
    }
    if (answer.value.status !== 200) {
      return refusal(answer.value.status, answer.value.body);
    }
    let read: Page<T>;
    try {
      read = decodePage(JSON.parse(answer.value.body), decode);
    } catch (error) {
      // The error of JSON.parse quotes the text.
      const why = error instanceof SyntaxError || !(error instanceof Error) ? 'it is no JSON' : error.message;
      return failed('malformed', 'MALFORMED', `the list of ${kind} cannot be read: ${why}`);
    }
    for (const item of read.items) {
      items.push(item);
    }
    next = read.next;
    if (next === '') {
      return ok({ items, resourceVersion: read.resourceVersion });
    }
  }
  return failed('malformed', 'TOO_LONG', `the list of ${kind} was given up after ${maxPages} pages`);
}
