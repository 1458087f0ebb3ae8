import { setTimeout as pause } from 'node:timers/promises';
import { type Proxying, proxyFor } from '../config/proxy.ts';
import { type ProbeAnswer, probeReadyz } from '../kubernetes/probe.ts';
import {
  etcdAlarms,
  etcdMembers,
  etcdStatus,
  getResource,
  listResources,
  memory,
  services,
  version,
} from '../talos/api.ts';
import type { Service, StaticPod, StaticPodStatus, VersionInfo } from '../talos/model.ts';
import {
  controllerManagerConfigs,
  diagnostics,
  kubeletStatuses,
  machineStatuses,
  nodenames,
  nodeStatuses,
  type ResourceType,
  schedulerConfigs,
  staticPodStatuses,
  staticPods,
  volumeStatuses,
} from '../talos/resources.ts';
import type { Asking } from './asker.ts';
import type { Call, RoundLimits } from './asking.ts';
import type { ClusterNode } from './cluster.ts';
import type { EtcdFacets, Facet, NodeSnapshot } from './snapshot.ts';

const get =
  <T>(type: ResourceType<T>, id: string): Call<T> =>
  (wire, options) =>
    getResource(wire, type, id, options);
const list =
  <T>(type: ResourceType<T>): Call<readonly T[]> =>
  (wire, options) =>
    listResources(wire, type, options);

interface Reached {
  readonly address: string;
  readonly first: Facet<VersionInfo>;
}

/** How long the first address is waited for alone, in milliseconds and as a share of what a call may take: a network that drops packets says nothing. */
const headStart = { longest: 1000, share: 0.1 };

/** The first address at which the node answers, with its answer; where it answers at none, what the first one gave. */
async function reach(node: ClusterNode, asker: Asking, { rpcTimeout }: RoundLimits): Promise<Reached> {
  const { address } = node;
  const ask = async (at: string): Promise<Reached> => ({ address: at, first: await asker.ask(version, at) });
  const own = ask(address);
  const others = node.addresses.filter((other) => other !== address);
  if (others.length === 0) {
    return await own;
  }
  const alone = Math.min(headStart.longest, headStart.share * rpcTimeout);
  const early = await Promise.race([own, pause(alone, undefined, { ref: false })]);
  if (early !== undefined && (early.first.ok || early.first.error.layer !== 'node')) {
    return early;
  }
  const answers = [own, ...others.map(ask)].map(async (reached) =>
    (await reached).first.ok ? await reached : Promise.reject(new Error('it does not answer there')),
  );
  return await Promise.any(answers).catch(() => own);
}

interface Wants {
  readonly versions?: boolean;
  readonly proxying?: Proxying | undefined;
}

/**
 * Everything about one node, asked side by side. `Version` goes first and
 * alone: a node that does not answer costs one call instead of a dozen, and
 * holds back nobody else.
 *
 * @param known the address at which it is expected to answer: then all goes at once
 * @param wants whether somebody wants to know the kubelet's version, and the proxy on the way to its API server
 */
export async function observeNode(
  node: ClusterNode,
  asker: Asking,
  limits: RoundLimits,
  known?: string,
  { versions = false, proxying }: Wants = {},
): Promise<NodeSnapshot> {
  const isControlPlane = node.role === 'controlplane';
  const apiServer = isControlPlane ? observeApiServer(node, limits, proxying) : undefined;
  const reached = reach(known === undefined ? node : { ...node, address: known }, asker, limits);
  const ask = async <T>(call: Call<T>): Promise<Facet<T>> => {
    const early = known === undefined ? undefined : asker.ask(call, known);
    const { address, first } = await reached;
    if (early !== undefined && (address === known || !first.ok)) {
      return await early;
    }
    return first.ok ? asker.ask(call, address) : first;
  };
  const asked = {
    machineStatus: ask(get(machineStatuses, 'machine')),
    services: ask(services),
    memory: ask(memory),
    diagnostics: ask(list(diagnostics)),
    ephemeral: ask(get(volumeStatuses, 'EPHEMERAL')),
    nodename: ask(get(nodenames, 'nodename')),
    nodeStatuses: ask(list(nodeStatuses)),
    staticPods: ask(list(staticPods)),
  };
  const kubeletImage = versions ? ask(get(kubeletStatuses, 'kubelet')) : undefined;
  const podStatuses = isControlPlane ? ask(list(staticPodStatuses)) : observePodStatuses(asked.staticPods, ask);
  const etcd = isControlPlane ? observeEtcd(ask, asked.services, limits) : undefined;
  const wanted = await asked.staticPods;
  const disabled = isControlPlane && wanted.ok && lacksComponent(wanted.value) ? observeDisabled(ask) : undefined;
  const { address, first } = await reached;
  return {
    node,
    ...(first.ok && { answeredAt: address }),
    version: first,
    machineStatus: await asked.machineStatus,
    services: await asked.services,
    memory: await asked.memory,
    diagnostics: await asked.diagnostics,
    ephemeral: await asked.ephemeral,
    nodename: await asked.nodename,
    nodeStatuses: await asked.nodeStatuses,
    staticPods: wanted,
    staticPodStatuses: await podStatuses,
    ...(kubeletImage && { kubeletImage: await kubeletImage }),
    ...(etcd && { etcd: await etcd }),
    ...(disabled && { disabledComponents: await disabled }),
    ...(apiServer && { apiServer: await apiServer }),
  };
}

type AskNode = <T>(call: Call<T>) => Promise<Facet<T>>;

/** Most workers want no static pods, and then there is nothing to tell of them: a tenth of all calls. */
async function observePodStatuses(
  asked: Promise<Facet<readonly StaticPod[]>>,
  ask: AskNode,
): Promise<Facet<readonly StaticPodStatus[]>> {
  const wanted = await asked;
  if (!wanted.ok || wanted.value.length === 0) {
    return wanted.ok ? { ...wanted, value: [] } : wanted;
  }
  return await ask(list(staticPodStatuses));
}

/** How long an etcd is heard that its node does not call running, in milliseconds; where calls take longer, so long. */
const lastWords = 250;

/** Calls to an etcd that does not run hang until their deadline, as before bootstrap: a look need not wait for them. */
async function observeEtcd(
  ask: AskNode,
  services: Promise<Facet<readonly Service[]>>,
  limits: RoundLimits,
): Promise<EtcdFacets> {
  const stopped = stoppedEtcd(services, limits);
  const heard = <T>(call: Call<T>): Promise<Facet<T>> => Promise.race([ask(call), stopped]);
  const [members, status, alarms] = await Promise.all([heard(etcdMembers), heard(etcdStatus), heard(etcdAlarms)]);
  return { members, status, alarms };
}

/** Resolves only where etcd does not run. */
function stoppedEtcd(services: Promise<Facet<readonly Service[]>>, { now }: RoundLimits): Promise<Facet<never>> {
  const began = now();
  return new Promise((resolve) => {
    void services.then(async (facet) => {
      const state = facet.ok ? (facet.value.find(({ id }) => id === 'etcd')?.state ?? 'no service here') : 'Running';
      if (state !== 'Running') {
        await pause(Math.max(lastWords, now() - began), undefined, { ref: false });
        const message = `etcd is ${state}, and did not answer`;
        resolve({ ok: false, error: { kind: 'other', layer: 'node', code: '', message }, at: now() });
      }
    });
  });
}

const components = [
  ['kube-controller-manager', controllerManagerConfigs],
  ['kube-scheduler', schedulerConfigs],
] as const;

const lacksComponent = (pods: readonly { readonly id: string }[]): boolean =>
  components.some(([id]) => !pods.some((pod) => pod.id === id));

/** Listed, and not got by id: newer versions of Talos keep more than one of a type. */
async function observeDisabled(ask: AskNode): Promise<Facet<readonly string[]>> {
  const disabled: string[] = [];
  let at = 0;
  for (const [id, type] of components) {
    const configs = await ask(list(type));
    if (!configs.ok) {
      return configs;
    }
    at = configs.at;
    if (configs.value.length > 0 && !configs.value.includes(true)) {
      disabled.push(id);
    }
  }
  return { ok: true, value: disabled, at };
}

/** Runners often cannot reach this port: a silent one must not hold a round for long. */
const probeTimeout = 1000;

async function observeApiServer(
  { address: host, apiServerPort: port }: ClusterNode,
  limits: RoundLimits,
  proxying: Proxying | undefined,
): Promise<Facet<ProbeAnswer>> {
  const timeout = Math.min(probeTimeout, limits.rpcTimeout, Math.max(1, limits.deadline - limits.now()));
  try {
    const server = { host, port };
    const value = await probeReadyz(server, timeout, limits.signal, proxyFor(proxying, server));
    return { ok: true, value, at: limits.now() };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, error: { kind: 'other', layer: 'node', code: 'UNAVAILABLE', message }, at: limits.now() };
  }
}
