import type { Options } from '../config/options.ts';
import { etcdMembers, getResource, listResources } from '../talos/api.ts';
import type { Member } from '../talos/model.ts';
import { machineTypes, members, nodenames } from '../talos/resources.ts';
import { type Cluster, discoveredCluster, endpointCluster, givenCluster, type NodeRecord } from './cluster.ts';
import type { Entry } from './gateway.ts';
import type { Facet } from './snapshot.ts';
import type { EndpointWire } from './wires.ts';

/** Who is in the cluster, and what discovery answered. */
export interface Discovery {
  readonly cluster: Cluster;
  readonly members: Facet<readonly Member[]>;
}

type DiscoveryOptions = Pick<Options, 'controlPlaneNodes' | 'workerNodes' | 'nodes' | 'endpoints'>;

/** The nodes that the user wants discovery to be asked of; where none of them answers, the endpoint's word has to do. */
async function askedMembers(entry: Entry, nodes: readonly string[]): Promise<Facet<readonly Member[]>> {
  const own = await entry.members;
  if (nodes.length === 0 || !own.ok) {
    return own;
  }
  const asked = await Promise.all(
    nodes.map((node) => entry.ask((wire, options) => listResources(wire, members, options), node)),
  );
  const answers = asked.filter((facet) => facet.ok);
  return answers.length === 0 ? own : { ok: true, value: answers.flatMap(({ value }) => value), at: own.at };
}

/** An endpoint on its own: its role, its name, and the members of its etcd, which are control planes too. */
async function describeEndpoint(entry: Entry, endpoint: EndpointWire): Promise<readonly NodeRecord[]> {
  const { host, wire } = endpoint;
  const [role, nodename, etcd] = await Promise.all([
    entry.askEndpoint(wire, (w, options) => getResource(w, machineTypes, 'machine-type', options)),
    entry.askEndpoint(wire, (w, options) => getResource(w, nodenames, 'nodename', options)),
    entry.askEndpoint(wire, etcdMembers),
  ]);
  if (role.ok && role.value === 'worker') {
    entry.setAside(host);
  }
  const self: NodeRecord = {
    addresses: [host],
    role: role.ok ? role.value : 'controlplane',
    source: 'endpoint',
    ...(nodename.ok && nodename.value.nodename !== '' && { name: nodename.value.nodename }),
  };
  const peers = etcd.ok ? etcd.value : [];
  const others = peers.map(
    (member): NodeRecord => ({
      ...(member.hostname !== '' && { name: member.hostname }),
      addresses: member.peerHosts,
      role: 'controlplane',
      source: 'etcd',
    }),
  );
  // A load balancer is no node: the endpoint's own address counts only where etcd knows nobody by its name.
  return others.some((other) => other.name !== undefined && other.name === self.name) ? others : [self, ...others];
}

async function endpointsAlone(entry: Entry, options: DiscoveryOptions): Promise<Cluster> {
  const answering = await entry.answering();
  const described = await Promise.all(answering.map((endpoint) => describeEndpoint(entry, endpoint)));
  const silent = options.endpoints
    .filter(({ host }) => !answering.some((endpoint) => endpoint.host === host))
    .map(({ host }): NodeRecord => ({ addresses: [host], role: 'controlplane', source: 'endpoint' }));
  // What etcd says comes first: it has names, and it tells a node from a load balancer.
  const records = [...described.flat()].sort((a, b) => Number(b.source === 'etcd') - Number(a.source === 'etcd'));
  return endpointCluster([...records, ...silent]);
}

/** A member without a name and an address is nobody: what answered is hardly discovery. */
const isSomebody = ({ hostname, addresses }: Member): boolean => hostname !== '' || addresses.length > 0;

/** Who is in the cluster by discovery, else by what the endpoints say of themselves. */
async function findOut(
  entry: Entry,
  options: DiscoveryOptions,
  discovered: readonly Member[],
  known: Cluster | undefined,
): Promise<Cluster> {
  if (discovered.length > 0) {
    const hosts = options.endpoints.map(({ host }) => host);
    return discoveredCluster(discovered, hosts);
  }
  return known?.source === 'discovery' ? known : await endpointsAlone(entry, options);
}

/**
 * Given lists, else discovery, else what the endpoints say of themselves.
 * Where only workers are given, the control planes are found out: a cluster is
 * not healthy by its workers alone.
 *
 * @param known the cluster as an earlier round found it: a node that has been
 *   seen does not leave because discovery could not be asked for a moment
 */
export async function discover(entry: Entry, options: DiscoveryOptions, known?: Cluster): Promise<Discovery> {
  const { controlPlaneNodes, workerNodes } = options;
  const members = await askedMembers(entry, options.nodes);
  const discovered = (members.ok ? members.value : []).filter(isSomebody);
  if (controlPlaneNodes.length > 0) {
    return { cluster: givenCluster(controlPlaneNodes, workerNodes, discovered), members };
  }
  const found = await findOut(entry, options, discovered, known);
  if (workerNodes.length === 0) {
    return { cluster: found, members };
  }
  const controlPlanes = found.nodes.filter(({ role }) => role === 'controlplane').map(({ address }) => address);
  return { cluster: givenCluster(controlPlanes, workerNodes, discovered), members };
}
