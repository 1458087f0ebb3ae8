import type { Options } from '../../inputs/options.ts';
import { etcdMembers } from '../../talos/api.ts';
import { getResource } from '../../talos/resources/api.ts';
import { localEtcdMembers } from '../../talos/resources/etcd.ts';
import { nodenames } from '../../talos/resources/kubernetes.ts';
import { machineTypes } from '../../talos/resources/members.ts';
import { hostsOf } from '../../values/host-index.ts';
import { type DescribedEndpoint, machinesOf } from '../endpoints/machines.ts';
import type { DiscoverySession, EndpointTrial } from '../endpoints/pool.ts';
import { type Cluster, discoveredCluster, endpointCluster, type NodeRecord, type Outsider } from './cluster.ts';
import { givenCluster } from './given.ts';
import { type MemberList, mergeLists } from './lists.ts';

export type DiscoveryOptions = Pick<
  Options,
  'controlPlaneNodes' | 'workerNodes' | 'nodes' | 'endpoints' | 'omniCluster'
>;

/**
 * The cluster by the given lists, else by the member lists of discovery. Undefined if there are neither, or if only
 * workers are given: then the endpoints have to be queried about themselves.
 *
 * @param known the cluster as found by an earlier round: a node does not disappear because discovery was briefly
 *   unavailable
 */
export function clusterFrom(
  lists: readonly MemberList[],
  outsiders: readonly Outsider[],
  { controlPlaneNodes, workerNodes, endpoints }: DiscoveryOptions,
  known: Cluster | undefined,
): Cluster | undefined {
  const { records: listed, notes: differences } = mergeLists(lists);
  const undiscovered = outsiders.filter(({ nodeId }) => !listed.some((record) => record.nodeId === nodeId));
  // Without discovery, the endpoints are queried for the members of etcd anyway.
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

/** Queries one endpoint about itself: its role, its name, and its etcd members, which are control planes too. */
async function describeEndpoint(
  session: DiscoverySession,
  { host, isGateway, channel, answer }: EndpointTrial,
): Promise<DescribedEndpoint> {
  const { endpoint } = channel;
  if (isGateway) {
    // Control planes that hang at the list of members hang at this too, and a round would last twice as long.
    const { members: listed } = await answer;
    const hang = !listed.ok && listed.error.kind === 'timeout';
    const members = hang ? listed : await session.askEndpoint(channel, etcdMembers);
    return { host, isGateway, endpoint, role: 'controlplane', members: members.ok ? members.value : [] };
  }
  const [role, nodename, members, memberId, { nodeId }] = await Promise.all([
    session.askEndpoint(channel, (w, options) => getResource(w, machineTypes, 'machine-type', options)),
    session.askEndpoint(channel, (w, options) => getResource(w, nodenames, 'nodename', options)),
    session.askEndpoint(channel, etcdMembers),
    session.askEndpoint(channel, (w, options) => getResource(w, localEtcdMembers, 'local', options)),
    answer,
  ]);
  if (role.ok && role.value === 'worker') {
    session.markAsWorker(endpoint);
  }
  return {
    host,
    isGateway,
    endpoint,
    role: role.ok ? role.value : 'controlplane',
    ...(nodeId !== undefined && { nodeId }),
    ...(nodename.ok && nodename.value.nodename !== '' && { nodename: nodename.value.nodename }),
    members: members.ok ? members.value : [],
    ...(memberId.ok && memberId.value !== '' && { memberId: memberId.value }),
  };
}

/** The cluster as described by its endpoints, used if there is no other source. */
export async function clusterOfEndpoints(
  session: DiscoverySession,
  { workerNodes }: DiscoveryOptions,
): Promise<Cluster> {
  const answering = await session.answering();
  const described = await Promise.all(answering.map((endpoint) => describeEndpoint(session, endpoint)));
  const silent = session.trials
    .filter((trial) => !trial.isGateway && !answering.includes(trial))
    .map(({ host }) => host);
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
