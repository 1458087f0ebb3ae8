import type { Options } from '../config/options.ts';
import { secretsOf } from '../config/secrets.ts';
import type { Answer, Bounds, KubernetesApi } from '../kubernetes/model.ts';
import { kubeconfigArchive } from '../talos/api.ts';
import { certificateInfo } from '../talos/certificate.ts';
import type { Failure } from '../talos/failure.ts';
import type { Asking } from './asker.ts';
import type { RoundLimits } from './asking.ts';
import { clipTexts } from './clip.ts';
import type { ClusterNode } from './cluster.ts';
import type { Facet, KubernetesFacets, KubernetesSnapshot } from './snapshot.ts';

/** The Kubernetes side of the cluster. Without access it costs nothing: not even its code is loaded. */
export interface KubernetesEye extends Disposable {
  /** Asks everything side by side; ends by the limits and never throws. */
  look(asking: Asking, limits: RoundLimits, controlPlanes: ControlPlanes): Promise<KubernetesSnapshot>;
  /** What is known before anybody has looked. */
  readonly unseen: KubernetesSnapshot;
  /** The API, once there has been a way to it. */
  readonly api: KubernetesApi | undefined;
}

/** Who they are, as soon as it is known. */
type ControlPlanes = () => Promise<readonly ClusterNode[]>;

export type KubernetesEyeOptions = Pick<Options, 'kubernetes' | 'context' | 'proxying'>;

/** Where nobody counts on it, a silent server must not hold a look for long: runners often cannot reach it. In milliseconds. */
const probeTimeout = 2000;

/** How the API is found; undefined where it is not asked at all, with the reason. */
function wayOf({ kubernetes, context }: KubernetesEyeOptions): 'input' | 'talos' | { readonly why: string } {
  if (kubernetes.use === 'off') {
    return { why: 'the input kubernetes is off' };
  }
  if (kubernetes.kubeconfig !== undefined) {
    return 'input';
  }
  const roles = context.crt === undefined ? [] : certificateInfo(context.crt).roles;
  const has = roles.length === 0 ? 'talosconfig has no role' : `talosconfig's role is ${roles.join(', ')}`;
  return roles.includes('os:admin') ? 'talos' : { why: `the ${has} and no kubeconfig is given` };
}

/** No answer came at all: somebody else may well reach the API server. */
function isUnreached(facet: Facet<unknown>): boolean {
  return !facet.ok && !facet.error.code.startsWith('HTTP ') && facet.error.kind !== 'malformed';
}

/** @param mask told the secrets of a kubeconfig that a node gave, before anything else is done with it */
export function openKubernetes(
  options: KubernetesEyeOptions,
  mask: (secrets: () => readonly string[]) => void,
): KubernetesEye {
  const way = wayOf(options);
  const { use, kubeconfig, endpoint } = options.kubernetes;
  const required = use === 'required' || way === 'input';
  let api: KubernetesApi | undefined;

  /** A kubeconfig of the node's own is good until its authority is replaced. */
  async function open(asking: Asking, now: () => number): Promise<Facet<KubernetesApi>> {
    if (api !== undefined) {
      return { ok: true, value: api, at: now() };
    }
    try {
      const [{ openKubernetesApi, kubeconfigIn }, archive] = await Promise.all([
        import('../kubernetes/client.ts'),
        kubeconfig === undefined ? asking.ask(kubeconfigArchive) : undefined,
      ]);
      if (archive?.ok === false) {
        return archive;
      }
      const text = kubeconfig ?? kubeconfigIn(archive?.value ?? new Uint8Array());
      // One that was given is masked since it was read.
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

  async function look(asking: Asking, limits: RoundLimits, controlPlanes: ControlPlanes): Promise<KubernetesSnapshot> {
    if (typeof way === 'object') {
      return { access: false, why: way.why, required: use === 'required' };
    }
    const opened = await open(asking, limits.now);
    if (!opened.ok) {
      return allFailed({ access: true, kubeconfig: way, required }, opened);
    }
    const { server } = opened.value;
    const common = { access: true, kubeconfig: way, required, server } as const;
    const end = new AbortController();
    const signal = AbortSignal.any([limits.signal, end.signal]);
    const timeout = Math.max(1, Math.min(limits.rpcTimeout, limits.deadline - limits.now()));
    const ask = async <T>(question: (bounds: Bounds) => Promise<Answer<T>>, longest = timeout): Promise<Facet<T>> =>
      facetOf(await question({ timeout: Math.min(longest, timeout), signal }), server, limits.now());
    const first = ask((bounds) => opened.value.readyz(bounds), required ? timeout : probeTimeout);
    const apiServers = controlPlanes().then((nodes) =>
      Promise.all(
        nodes.map(async ({ name, address, apiServerPort }) => {
          const at = { host: address, port: apiServerPort };
          return [name, await ask((bounds) => opened.value.readyz(bounds, at), probeTimeout)] as const;
        }),
      ),
    );
    const others = Promise.all([
      ask(opened.value.nodes),
      ask(opened.value.pods),
      ask(opened.value.kubeProxy),
      ask(opened.value.coredns),
      apiServers,
    ]);
    // Nobody waits for them where the first question already tells enough.
    others.catch(() => undefined);
    const readyz = await first;
    if (!readyz.ok && !limits.signal.aborted) {
      if (way === 'talos' && (readyz.error.kind === 'wrong-ca' || readyz.error.kind === 'not-authorized')) {
        forget();
      }
      if (isUnreached(readyz)) {
        end.abort();
        return allFailed(common, readyz);
      }
    }
    const [nodes, pods, kubeProxy, coredns, ofEach] = await others;
    return { ...common, readyz, apiServers: new Map(ofEach), nodes, pods, kubeProxy, coredns };
  }

  const unasked: Facet<never> = {
    ok: false,
    error: { kind: 'other', layer: 'endpoint', code: 'UNAVAILABLE', message: 'nobody was asked yet' },
    at: 0,
  };
  return {
    look,
    unseen:
      typeof way === 'object'
        ? { access: false, why: way.why, required: use === 'required' }
        : allFailed({ access: true, kubeconfig: way, required }, unasked),
    get api() {
      return api;
    },
    [Symbol.dispose]: forget,
  };
}

function allFailed(
  common: Pick<KubernetesFacets, 'access' | 'kubeconfig' | 'required' | 'server'>,
  failure: Facet<never> & { readonly ok: false },
): KubernetesFacets {
  const facets = { readyz: failure, nodes: failure, pods: failure, kubeProxy: failure, coredns: failure };
  return { ...common, ...facets, apiServers: new Map() };
}

function facetOf<T>(answer: Answer<T>, server: string, at: number): Facet<T> {
  if (answer.ok) {
    return { ok: true, value: clipTexts(answer.value), at };
  }
  const { kind, code, message } = answer.trouble;
  const layer: Failure['layer'] = kind === 'not-authorized' ? 'caller' : 'node';
  return { ok: false, error: { kind, layer, code, message: clipTexts({ message }).message, endpoint: server }, at };
}
