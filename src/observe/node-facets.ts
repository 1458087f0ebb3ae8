import { setTimeout as pause } from 'node:timers/promises';
import { etcdAlarms, etcdMembers, etcdStatus, getResource, listResources, memory, services } from '../talos/api.ts';
import type { Nodename, NodeStatus, Service, StaticPod, StaticPodStatus, VersionInfo } from '../talos/model.ts';
import type { ResourceType } from '../talos/resource-type.ts';
import {
  controllerManagerConfigs,
  diagnostics,
  kubeletStatuses,
  machineStatuses,
  nodenames,
  nodeStatuses,
  schedulerConfigs,
  staticPodStatuses,
  staticPods,
  volumeStatuses,
} from '../talos/resources.ts';
import type { AskApiServer } from './api-server.ts';
import type { ClusterNode } from './cluster.ts';
import { readIdentity } from './endpoint-pool.ts';
import type { Asking } from './failover-client.ts';
import type { Call, RoundLimits } from './request.ts';
import type { EtcdFacets, Facet, NodeSnapshot } from './snapshot.ts';

const get =
  <T>(type: ResourceType<T>, id: string): Call<T> =>
  (channel, options) =>
    getResource(channel, type, id, options);
const list =
  <T>(type: ResourceType<T>): Call<readonly T[]> =>
  (channel, options) =>
    listResources(channel, type, options);

export interface Wants {
  readonly versions?: boolean;
  readonly askApiServer?: AskApiServer;
}

/** What stays the same while one node is asked at several addresses. */
export interface Asked {
  readonly node: ClusterNode;
  readonly failover: Asking;
  readonly limits: RoundLimits;
  readonly wants: Wants;
}

/**
 * Everything at one address.
 *
 * @param isExpected all is asked at once, and not only when `Version` has been answered
 */
export async function observeAt(
  { node, failover, limits, wants }: Asked,
  address: string,
  versionAsked: Promise<Facet<VersionInfo>>,
  isExpected: boolean,
): Promise<NodeSnapshot> {
  const isControlPlane = node.role === 'controlplane';
  const ask = async <T>(call: Call<T>): Promise<Facet<T>> => {
    if (isExpected) {
      return await failover.ask(call, address);
    }
    const first = await versionAsked;
    return first.ok ? failover.ask(call, address) : first;
  };
  const asked = {
    identity: ask(readIdentity),
    machineStatus: ask(get(machineStatuses, 'machine')),
    services: ask(services),
    memory: ask(memory),
    diagnostics: ask(list(diagnostics)),
    ephemeral: ask(get(volumeStatuses, 'EPHEMERAL')),
    nodeStatuses: ask(list(nodeStatuses)),
    staticPods: ask(list(staticPods)),
  };
  const nodename = observeNodename(node, asked.nodeStatuses, ask);
  const kubeletImage = wants.versions ? ask(get(kubeletStatuses, 'kubelet')) : undefined;
  const podStatuses = isControlPlane ? ask(list(staticPodStatuses)) : observePodStatuses(asked.staticPods, ask);
  const etcd = isControlPlane ? observeEtcd(ask, asked.services, limits) : undefined;
  const wanted = await asked.staticPods;
  const disabled = isControlPlane && wanted.ok && lacksComponent(wanted.value) ? observeDisabled(ask) : undefined;
  const first = await versionAsked;
  return {
    node,
    ...(first.ok && { answeredAt: address }),
    version: first,
    identity: await asked.identity,
    machineStatus: await asked.machineStatus,
    services: await asked.services,
    memory: await asked.memory,
    diagnostics: await asked.diagnostics,
    ephemeral: await asked.ephemeral,
    nodename: await nodename,
    nodeStatuses: await asked.nodeStatuses,
    staticPods: wanted,
    staticPodStatuses: await podStatuses,
    ...(kubeletImage && { kubeletImage: await kubeletImage }),
    ...(etcd && { etcd: await etcd }),
    ...(disabled && { disabledComponents: await disabled }),
  };
}

type AskNode = <T>(call: Call<T>) => Promise<Facet<T>>;

/**
 * Discovery names a machine after its Kubernetes node. Where Talos has that
 * node, its name need not be asked for: a tenth of all calls.
 */
async function observeNodename(
  { nodename }: ClusterNode,
  asked: Promise<Facet<readonly NodeStatus[]>>,
  ask: AskNode,
): Promise<Facet<Nodename>> {
  const statuses = await asked;
  const isRegistered = statuses.ok && statuses.value.some((status) => status.nodename === nodename);
  return nodename !== undefined && isRegistered
    ? { ...statuses, value: { nodename, skipNodeRegistration: false } }
    : await ask(get(nodenames, 'nodename'));
}

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
