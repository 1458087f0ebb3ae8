import type { Options } from '../inputs/options.ts';
import { etcdMembers, getResource } from '../talos/api.ts';
import { localEtcdMembers, machineTypes, nodenames } from '../talos/resources.ts';
import { hostsOf } from '../values/host-index.ts';
import { type Cluster, discoveredCluster, endpointCluster, type NodeRecord, type Outsider } from './cluster.ts';
import { type DescribedEndpoint, machinesOf } from './endpoint-machines.ts';
import type { EndpointTrial, Entry } from './endpoint-pool.ts';
import { givenCluster } from './given.ts';
import { type MemberList, unite } from './member-lists.ts';

export type DiscoveryOptions = Pick<Options, 'controlPlaneNodes' | 'workerNodes' | 'nodes' | 'endpoints'>;

/**
 * Given lists, else whom the lists of members name. Undefined where neither is
 * there, or only workers are given: then the endpoints have to be asked who they are.
 *
 * @param known the cluster as an earlier round found it: a node that has been
 *   seen does not leave because discovery could not be asked for a moment
 */
export function clusterFrom(
  lists: readonly MemberList[],
  outsiders: readonly Outsider[],
  { controlPlaneNodes, workerNodes, endpoints }: DiscoveryOptions,
  known: Cluster | undefined,
): Cluster | undefined {
  const { records: listed, notes: differences } = unite(lists);
  const undiscovered = outsiders.filter(({ nodeId }) => !listed.some((record) => record.nodeId === nodeId));
  // Without discovery etcd is asked for its members anyhow.
  const records = [...listed, ...(listed.length > 0 ? undiscovered.map(recordOf) : [])];
  const notes = [...differences, ...undiscovered.map(noteOn)];
  const hosts = endpoints.map(({ host }) => host);
  const controlPlanes =
    controlPlaneNodes.length > 0 || workerNodes.length === 0
      ? controlPlaneNodes
      : records
          .filter(({ role }) => role === 'controlplane')
          .map((record) => record.nodeId ?? hostsOf(record)[0] ?? '');
  if (controlPlanes.length > 0) {
    const cluster = givenCluster(controlPlanes, workerNodes, records);
    return { ...cluster, notes: [...cluster.notes, ...notes], outsiders };
  }
  if (records.length > 0 && workerNodes.length === 0) {
    return { ...discoveredCluster(records, notes, hosts, known), outsiders };
  }
  return known?.source === 'discovery' ? known : undefined;
}

const recordOf = ({ nodeId, hostname, addresses }: Outsider): NodeRecord => ({
  nodeId,
  ...(hostname !== '' && { name: hostname }),
  names: hostname === '' ? [] : [hostname],
  addresses,
  role: 'controlplane',
  source: 'etcd',
});

const noteOn = ({ hostname, addresses }: Outsider): string =>
  `${hostname || addresses.join(', ')} runs a member of etcd, and discovery does not name it`;

/** An endpoint on its own: its role, its name, and the members of its etcd, which are control planes too. */
async function describeEndpoint(entry: Entry, { host, channel, answer }: EndpointTrial): Promise<DescribedEndpoint> {
  const [role, nodename, members, memberId, { nodeId }] = await Promise.all([
    entry.askEndpoint(channel, (w, options) => getResource(w, machineTypes, 'machine-type', options)),
    entry.askEndpoint(channel, (w, options) => getResource(w, nodenames, 'nodename', options)),
    entry.askEndpoint(channel, etcdMembers),
    entry.askEndpoint(channel, (w, options) => getResource(w, localEtcdMembers, 'local', options)),
    answer,
  ]);
  if (role.ok && role.value === 'worker') {
    entry.setAside(channel.endpoint);
  }
  return {
    host,
    endpoint: channel.endpoint,
    role: role.ok ? role.value : 'controlplane',
    ...(nodeId !== undefined && { nodeId }),
    ...(nodename.ok && nodename.value.nodename !== '' && { nodename: nodename.value.nodename }),
    members: members.ok ? members.value : [],
    ...(memberId.ok && memberId.value !== '' && { memberId: memberId.value }),
  };
}

/** What the endpoints say of themselves, where nobody else tells who is in the cluster. */
export async function clusterOfEndpoints(entry: Entry, { workerNodes }: DiscoveryOptions): Promise<Cluster> {
  const answering = await entry.answering();
  const described = await Promise.all(answering.map((endpoint) => describeEndpoint(entry, endpoint)));
  const silent = entry.trials.filter((trial) => !answering.includes(trial)).map(({ host }) => host);
  const { records, notes } = machinesOf(described, silent);
  if (workerNodes.length === 0) {
    return endpointCluster(records, notes);
  }
  const controlPlanes = records.filter(({ role }) => role === 'controlplane');
  const given = givenCluster(
    controlPlanes.map((record) => record.nodeId ?? hostsOf(record)[0] ?? ''),
    workerNodes,
    records,
  );
  return { ...given, notes };
}
