import { etcdAlarms, etcdMembers, etcdStatus, memory, services, version } from '../../talos/api.ts';
import type { NodeStatus, StaticPod } from '../../talos/model/kubernetes.ts';
import type { NamedVolume, VolumeStatus } from '../../talos/model/storage.ts';
import type { Extension } from '../../talos/model/upgrade.ts';
import { etcdQuotas } from '../../talos/resources/etcd.ts';
import {
  kubeletStatuses,
  kubePrismStatuses,
  nodenames,
  nodeStatuses,
  staticPodStatuses,
  staticPods,
} from '../../talos/resources/kubernetes.ts';
import { diagnostics, identities, machineStatuses, members, volumeStatuses } from '../../talos/resources/talos.ts';
import {
  bootIds,
  extensionStatuses,
  imageFactorySchematics,
  metaKeys,
  rebootRequests,
} from '../../talos/resources/upgrade.ts';
import type { Role } from '../members/cluster.ts';
import { type FacetDefinition, get, implied, list, perBoot, type WatchedType } from './definition.ts';
import { components, disabledComponents } from './disabled-components.ts';
import { impliedQuota, readQuota } from './etcd-quota.ts';
import type { Facet } from './facet.ts';
import { machineFacets } from './machine.ts';
import { readBoot, readUpgradeState, schematicAmong } from './upgrade.ts';

const controlPlane = { role: 'controlplane' } as const;
const ofEtcd = { ...controlPlane, etcd: true } as const;

/**
 * Everything that is observed of a node through the Talos API, in the order of the calls. Snapshots, calls, watches and
 * what checks may read are derived from this table.
 */
export const nodeFacets = {
  version: { what: 'the version of Talos', source: '`MachineService.Version`', read: version },
  /** The node id of the machine that answered. */
  identity: { what: 'the node id', mayBeRefused: true, ...get(identities, 'local') },
  machineStatus: { what: 'the machine status', ...get(machineStatuses, 'machine') },
  services: {
    what: 'the list of services',
    source: '`MachineService.ServiceList`',
    read: services,
    watch: { namespace: 'runtime', type: 'Services.v1alpha1.talos.dev' },
  },
  /** MemTotal in bytes. */
  memory: { what: 'the memory size', source: '`MachineService.Memory`', read: memory, perBoot: true },
  diagnostics: { what: 'the diagnostics', since: '1.8', ...list(diagnostics) },
  volumes: { what: 'the volumes', since: '1.8', mayBeRefused: true, optional: true, ...list(volumeStatuses) },
  ephemeral: {
    what: 'the status of the EPHEMERAL volume',
    since: '1.8',
    source: `\`${volumeStatuses.type}\``,
    read: get<VolumeStatus>(volumeStatuses, 'EPHEMERAL').read,
    implied: implied('volumes', (volumes: Facet<readonly NamedVolume[]>) => {
      const value = volumes.ok ? volumes.value.find(({ id }) => id === 'EPHEMERAL') : undefined;
      return value && { ...volumes, ok: true, value };
    }),
  },
  ...machineFacets,
  upgrade: {
    what: 'the state of an upgrade',
    mayBeRefused: true,
    optional: true,
    source: `\`${metaKeys.type}\``,
    read: readUpgradeState,
    watch: metaKeys,
  },
  rebootRequest: {
    what: 'whether a reboot is due',
    since: '1.14',
    mayBeRefused: true,
    optional: true,
    ...list(rebootRequests),
  },
  boot: {
    what: 'which boot this is',
    source: `\`${bootIds.type}\`, before Talos 1.14 \`MachineService.SystemStat\``,
    read: readBoot,
    mayBeRefused: true,
    optional: true,
  },
  extensions: {
    what: 'the system extensions',
    mayBeRefused: true,
    optional: true,
    ...perBoot(list(extensionStatuses)),
  },
  /** Newer versions of Talos have a resource for what the list of extensions says, too. */
  schematic: {
    what: 'the schematic of the image',
    since: '1.14',
    mayBeRefused: true,
    optional: true,
    ...perBoot(get(imageFactorySchematics, 'image-factory-schematic')),
    implied: implied('extensions', (extensions: Facet<readonly Extension[]>) => schematicAmong(extensions)),
  },
  /** Watched, and Talos itself tries the API servers only every 20 seconds: the rounds need not ask each time. */
  kubePrism: {
    what: 'whether KubePrism reaches an API server',
    mayBeRefused: true,
    optional: true,
    slow: true,
    ...get(kubePrismStatuses, 'k8s-loadbalancer'),
  },
  nodeStatuses: { what: 'the Kubernetes node', ...list(nodeStatuses) },
  staticPods: { what: 'the static pods', ...list(staticPods) },
  /** The kubelet's image: a reader may not read its other resources. */
  kubeletImage: {
    what: 'the version of the kubelet',
    since: '1.14',
    mayBeRefused: true,
    optional: true,
    slow: true,
    absent: 'there is no kubelet yet',
    ...get(kubeletStatuses, 'kubelet'),
  },
  /**
   * Discovery reports the Kubernetes node name of a machine. If Talos has that node, the name need not be read, which
   * saves a tenth of all calls.
   */
  nodename: {
    what: 'the Kubernetes node name',
    absent: 'it has no Kubernetes node name yet',
    ...get(nodenames, 'nodename'),
    implied: implied('nodeStatuses', (statuses: Facet<readonly NodeStatus[]>, { nodename }) =>
      nodename !== undefined && statuses.ok && statuses.value.some((status) => status.nodename === nodename)
        ? { ...statuses, value: { nodename, skipNodeRegistration: false } }
        : undefined,
    ),
  },
  /** Most workers have no static pods, so there is no status to read. This saves a tenth of all calls. */
  staticPodStatuses: {
    what: 'the status of the static pods',
    ...list(staticPodStatuses),
    implied: implied(
      'staticPods',
      (pods: Facet<readonly StaticPod[]>) =>
        !pods.ok ? pods : pods.value.length === 0 ? { ...pods, value: [] } : undefined,
      'worker',
    ),
  },
  etcdMembers: { what: "etcd's member list", source: '`MachineService.EtcdMemberList`', read: etcdMembers, ...ofEtcd },
  etcdStatus: { what: 'the status of etcd', source: '`MachineService.EtcdStatus`', read: etcdStatus, ...ofEtcd },
  /** Read only of a database that is not small: a healthy round of most clusters does not pay for it. */
  etcdQuota: {
    what: "the quota of etcd's database",
    mayBeRefused: true,
    optional: true,
    ...controlPlane,
    source: `\`${etcdQuotas.type}\``,
    read: readQuota,
    implied: implied('etcdStatus', impliedQuota),
  },
  etcdAlarms: { what: 'the alarms of etcd', source: '`MachineService.EtcdAlarmList`', read: etcdAlarms, ...ofEtcd },
  /**
   * Control plane components that the machine configuration disables. Read only if one is not among the static pods, so
   * that a healthy round does not pay for it.
   */
  disabledComponents: {
    what: 'which components of the control plane are disabled',
    source: components.map(([, { type }]) => `\`${type}\``).join(' and '),
    read: disabledComponents,
    mayBeRefused: true,
    ...controlPlane,
    implied: implied('staticPods', (pods: Facet<readonly StaticPod[]>) =>
      !pods.ok
        ? pods
        : components.every(([id]) => pods.value.some((pod) => pod.id === id))
          ? { ...pods, value: [] }
          : undefined,
    ),
  },
} as const satisfies Readonly<Record<string, FacetDefinition>>;

export type NodeFacetName = keyof typeof nodeFacets;
export type NodeFacetValue<K extends NodeFacetName> = Awaited<ReturnType<(typeof nodeFacets)[K]['read']>>;

/** What was observed of a node: for each facet its value, or why there is none. */
export type NodeFacets = { readonly [K in NodeFacetName]: Facet<NodeFacetValue<K>> };

export const nodeFacetNames = Object.keys(nodeFacets) as NodeFacetName[];

export function isNodeFacet(name: string): name is NodeFacetName {
  return name in nodeFacets;
}

/** The definition of a facet, without its type. */
export const nodeFacet = (name: NodeFacetName): FacetDefinition => nodeFacets[name];

/** Builds a node's facets. The function must return a facet of the type that belongs to the name. */
export function nodeFacetsFrom(facetOf: (name: NodeFacetName) => Facet<unknown>): NodeFacets {
  return Object.fromEntries(nodeFacetNames.map((name) => [name, facetOf(name)])) as unknown as NodeFacets;
}

/** Whether nodes of the role have it. */
export function concerns(name: NodeFacetName, role: Role): boolean {
  return (nodeFacet(name).role ?? role) === role;
}

/** Everything else that is observed: of the cluster as a whole, or not through the Talos API of a node. */
export const clusterFacets = {
  credentials: {
    source: 'the client certificate of the talosconfig, or the key of the service account of Sidero Omni',
  },
  endpoints: {
    source: "each endpoint's answer to the first call",
  },
  omni: {
    source: '`ClusterStatuses.omni.sidero.dev` and `TalosUpgradeStatuses.omni.sidero.dev` of Sidero Omni itself',
  },
  discovery: {
    source: '`Members.cluster.talos.dev` of every endpoint and control plane, all together',
    watch: members,
  },
  cluster: { source: 'the nodes of the cluster, as [`topology`](#topology) has them' },
  apiServer: { source: '`/readyz` of the API server of each control plane, asked itself' },
  readyz: {
    source: '`/readyz?verbose` of the server that the kubeconfig (or `k8s-endpoint`) names, with its credentials',
  },
} as const satisfies Readonly<Record<string, { readonly source: string; readonly watch?: WatchedType }>>;

export type ClusterFacetName = keyof typeof clusterFacets;

type Watched<Table> = { [K in keyof Table]: Table[K] extends { readonly watch: WatchedType } ? K : never }[keyof Table];

/** The facets that a watch on a node can report. */
export type WatchKind = Watched<typeof nodeFacets> | Watched<typeof clusterFacets>;

const sources: Readonly<Record<string, { readonly source: string; readonly watch?: WatchedType }>> = {
  ...nodeFacets,
  ...clusterFacets,
};

/** The resource to watch for a facet. */
export function watchedType(kind: WatchKind): WatchedType {
  return sources[kind]?.watch ?? { namespace: '', type: kind };
}

/** Whether a facet can be watched. */
export function isWatched(name: string): name is WatchKind {
  return sources[name]?.watch !== undefined;
}
