import { memory, services, version } from '../../talos/api.ts';
import type { NamedVolume, VolumeStatus } from '../../talos/model/storage.ts';
import { diagnostics, machineStatuses } from '../../talos/resources/machine.ts';
import { identities, members } from '../../talos/resources/members.ts';
import { volumeStatuses } from '../../talos/resources/storage.ts';
import type { Role } from '../members/cluster.ts';
import { type FacetDefinition, get, implied, list, type WatchedType } from './definition.ts';
import { etcdFacets } from './etcd.ts';
import type { Facet } from './facet.ts';
import { kubeletFacets } from './kubelet.ts';
import { machineFacets } from './machine.ts';
import { upgradeFacets } from './upgrade.ts';

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
    mayBeRefused: true,
    source: `\`${volumeStatuses.type}\``,
    read: get<VolumeStatus>(volumeStatuses, 'EPHEMERAL').read,
    implied: implied('volumes', (volumes: Facet<readonly NamedVolume[]>) => {
      const value = volumes.ok ? volumes.value.find(({ id }) => id === 'EPHEMERAL') : undefined;
      return value && { ...volumes, ok: true, value };
    }),
  },
  ...machineFacets,
  ...upgradeFacets,
  ...kubeletFacets,
  ...etcdFacets,
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
