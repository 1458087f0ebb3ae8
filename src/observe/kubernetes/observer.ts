import { secretsOf } from '../../credentials/secrets.ts';
import type { Options } from '../../inputs/options.ts';
import type { Answer, Bounds, KubernetesApi, ReadyzAnswer } from '../../kubernetes/model.ts';
import { kubeconfigArchive } from '../../talos/api.ts';
import { isOnTheWay } from '../../talos/failure.ts';
import type { HostPort } from '../../values/address.ts';
import { credentialsInfo } from '../credentials.ts';
import type { TalosClient } from '../endpoints/client.ts';
import { type Facet, notQueried, type RememberedFacet } from '../facets/facet.ts';
import { type KubernetesFacetName, kubernetesFacetNames, kubernetesFacets } from '../facets/kubernetes.ts';
import type { RoundLimits } from '../request.ts';
import type { KubernetesAnswers, KubernetesFacets, KubernetesSnapshot } from '../snapshot.ts';
import { facetOf } from './facet.ts';

/** Observes the Kubernetes API. Without access, not even its code is loaded. */
export interface KubernetesObserver extends Disposable {
  /** Sends all requests concurrently; ends within the limits and never throws. */
  observe(client: TalosClient, limits: RoundLimits, servers: ApiServers): Promise<KubernetesSnapshot>;
  /** The state before the first observation. */
  readonly initial: KubernetesSnapshot;
  /** The API; undefined until there is access. */
  readonly api: KubernetesApi | undefined;
}

/** The addresses of the API servers. The first ones are queried before all are known. */
type ApiServers = readonly Promise<readonly HostPort[]>[];

type AccessOptions = Pick<Options, 'kubernetes' | 'context' | 'proxying'>;

/** The source of the kubeconfig, or why the API is not used. */
function wayOf({ kubernetes, context }: AccessOptions): 'input' | 'talos' | { readonly why: string } {
  if (kubernetes.use === 'off') {
    return { why: 'the input kubernetes is off' };
  }
  if (kubernetes.kubeconfig !== undefined) {
    return 'input';
  }
  const { roles, account } = credentialsInfo(context.credentials);
  if (account !== undefined) {
    return { why: 'Sidero Omni gives no kubeconfig, and none is given' };
  }
  const has = roles.length === 0 ? 'talosconfig has no role' : `talosconfig's role is ${roles.join(', ')}`;
  return roles.includes('os:admin') ? 'talos' : { why: `the ${has} and no kubeconfig is given` };
}

/** Adds the last value of this run to a failed query. Observations overlap: the newer of two answers is kept. */
function openMemory<T>(): (facet: Facet<T>) => RememberedFacet<T> {
  let last: { readonly value: T; readonly at: number } | undefined;
  return (facet) => {
    if (!facet.ok) {
      return last === undefined ? facet : { ...facet, last: last.value };
    }
    last = last === undefined || facet.at >= last.at ? facet : last;
    return facet;
  };
}

/**
 * @param mask receives the secrets of a kubeconfig that was read from a node, before it is used
 * @param wanted the facets that the enabled checks read
 */
export function openKubernetes(
  options: AccessOptions,
  mask: (secrets: () => readonly string[]) => void,
  wanted: ReadonlySet<KubernetesFacetName>,
): KubernetesObserver {
  const way = wayOf(options);
  const { use, kubeconfig, endpoint } = options.kubernetes;
  const required = use === 'required' || way === 'input';
  const common = { access: true, kubeconfig: way === 'input' ? way : 'talos', required } as const;
  const memory = new Map(kubernetesFacetNames.map((name) => [name, openMemory<unknown>()]));
  const apiServers = new Map<string, ReturnType<typeof openMemory<ReadyzAnswer>>>();
  let api: KubernetesApi | undefined;
  let contacted = false;

  /**
   * Adds the last value to each failed facet. The function must return a facet of the type that belongs to the name.
   */
  function remember(facetOf: (name: KubernetesFacetName) => Facet<unknown>): KubernetesAnswers {
    const facets = kubernetesFacetNames.map((name) => [name, memory.get(name)?.(facetOf(name))]);
    return Object.fromEntries(facets) as unknown as KubernetesAnswers;
  }

  function memoryOf(address: string): ReturnType<typeof openMemory<ReadyzAnswer>> {
    const kept = apiServers.get(address) ?? openMemory<ReadyzAnswer>();
    apiServers.set(address, kept);
    return kept;
  }

  /** A kubeconfig from a node is valid until its CA is replaced. */
  async function open(client: TalosClient, now: () => number): Promise<Facet<KubernetesApi>> {
    if (api !== undefined) {
      return { ok: true, value: api, at: now() };
    }
    try {
      const [{ openKubernetesApi, kubeconfigIn }, archive] = await Promise.all([
        import('../../kubernetes/client.ts'),
        kubeconfig === undefined ? client.ask(kubeconfigArchive) : undefined,
      ]);
      if (archive?.ok === false) {
        return archive;
      }
      const text = kubeconfig ?? kubeconfigIn(archive?.value ?? new Uint8Array());
      // A given kubeconfig was masked when it was read.
      if (kubeconfig === undefined) {
        mask(() => secretsOf(text));
      }
      api ??= openKubernetesApi(text, kubeconfig === undefined ? 'node' : 'user', endpoint, options.proxying);
      return { ok: true, value: api, at: now() };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const layer = kubeconfig === undefined ? 'node' : 'caller';
      return { ok: false, error: { kind: 'malformed', layer, code: 'KUBECONFIG', message }, at: now() };
    }
  }

  function forget(): void {
    api?.[Symbol.dispose]();
    api = undefined;
  }

  async function observe(client: TalosClient, limits: RoundLimits, servers: ApiServers): Promise<KubernetesSnapshot> {
    if (typeof way === 'object') {
      return { access: false, why: way.why, required: use === 'required' };
    }
    const opened = await open(client, limits.now);
    if (!opened.ok) {
      return silent(opened);
    }
    const { server, verified } = opened.value;
    const ask = async <T>(question: (bounds: Bounds) => Promise<Answer<T>>): Promise<Facet<T>> => {
      const timeout = Math.max(1, Math.min(limits.rpcTimeout, limits.deadline - limits.now()));
      return facetOf(await question({ timeout, signal: limits.signal }), server, limits.now());
    };
    const asked = new Map<string, Promise<readonly [string, RememberedFacet<ReadyzAnswer>]>>();
    const askOne = (server: HostPort): Promise<readonly [string, RememberedFacet<ReadyzAnswer>]> => {
      const { host } = server;
      const answer =
        asked.get(host) ??
        ask((bounds) => opened.value.readyz(bounds, server)).then((facet) => [host, memoryOf(host)(facet)] as const);
      asked.set(host, answer);
      return answer;
    };
    const facets = kubernetesFacetNames
      .filter((name) => wanted.has(name))
      .map(async (name) => {
        const facet: Facet<unknown> = await ask<unknown>((bounds) => kubernetesFacets[name].read(opened.value, bounds));
        return [name, facet] as const;
      });
    const [readyz, facetsRead, answers] = await Promise.all([
      ask((bounds) => opened.value.readyz(bounds)),
      Promise.all(facets).then((entries) => new Map(entries)),
      Promise.all(servers.map(async (some) => Promise.all((await some).map(askOne)))),
    ]);
    const ofEach = answers.flat();
    const isRefused = !readyz.ok && (readyz.error.kind === 'wrong-ca' || readyz.error.kind === 'not-authorized');
    if (way === 'talos' && isRefused) {
      forget();
    }
    const isUnready = ofEach.some(([, facet]) => facet.ok && facet.value.status >= 500);
    contacted ||= isUnready || readyz.ok || !(isOnTheWay(readyz.error.kind) || readyz.error.kind === 'cancelled');
    return {
      ...common,
      server,
      verified,
      contacted,
      readyz,
      apiServers: new Map(ofEach),
      ...remember((name) => facetsRead.get(name) ?? notQueried),
    };
  }

  /** The snapshot if there is no kubeconfig. */
  function silent(failure: Facet<never>): KubernetesFacets {
    return {
      ...common,
      verified: false,
      contacted,
      readyz: failure,
      apiServers: new Map(),
      ...remember(() => failure),
    };
  }

  return {
    observe,
    initial:
      typeof way === 'object' ? { access: false, why: way.why, required: use === 'required' } : silent(notQueried),
    get api() {
      return api;
    },
    [Symbol.dispose]: forget,
  };
}
