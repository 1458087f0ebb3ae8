import type { EtcdMember } from '../../talos/model/etcd.ts';
import { looksLikeIp } from '../../values/address.ts';
import { hostIndex, hostsOf } from '../../values/host-index.ts';
import type { NodeRecord, Role } from '../members/cluster.ts';
import type { EndpointChannel } from './channels.ts';

/** What an endpoint reports about the machine behind it; of a gateway, only the members of etcd. */
export interface DescribedEndpoint extends Pick<EndpointChannel, 'isGateway'> {
  /** As given by the user: an address of the machine, of a load balancer, or of a tunnel. */
  readonly host: string;
  /** `host:port`. */
  readonly endpoint: string;
  readonly role: Role;
  readonly nodeId?: string;
  readonly nodename?: string;
  /** The members of its etcd. */
  readonly members: readonly EtcdMember[];
  /** The id of the member that it runs. */
  readonly memberId?: string;
}

const named = (names: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(names.flatMap((name) => (name === undefined || name === '' ? [] : [name]))),
];

function ofMember(member: EtcdMember, own: DescribedEndpoint | undefined): NodeRecord {
  const names = named([own?.nodename, member.hostname]);
  const [name] = names;
  return {
    ...(own?.nodeId !== undefined && { nodeId: own.nodeId }),
    ...(name !== undefined && { name }),
    names,
    addresses: member.peerHosts,
    role: 'controlplane',
    source: 'etcd',
  };
}

function ofItself({ host, role, nodeId, nodename }: DescribedEndpoint): NodeRecord {
  return {
    ...(nodeId !== undefined && { nodeId }),
    ...(nodename !== undefined && { name: nodename }),
    names: named([nodename, looksLikeIp(host) ? undefined : host]),
    addresses: [host],
    role,
    source: 'endpoint',
  };
}

function ofSilent(host: string): NodeRecord {
  return { names: looksLikeIp(host) ? [] : [host], addresses: [host], role: 'controlplane', source: 'endpoint' };
}

/**
 * The machines that the endpoints report: themselves and their etcd members. An endpoint is matched to its member by
 * member id: names in etcd are the host names at the time of joining, and behind a tunnel or a load balancer the
 * address of the endpoint belongs to no machine.
 *
 * @param silent hosts of endpoints that do not answer
 */
export function machinesOf(
  described: readonly DescribedEndpoint[],
  silent: readonly string[],
): { readonly records: readonly NodeRecord[]; readonly notes: readonly string[] } {
  const machines = Map.groupBy(described, ({ nodeId, endpoint }) => nodeId ?? endpoint);
  const firsts = [...machines.values()].flatMap((same) => same.slice(0, 1));
  const members = new Map(firsts.flatMap((one) => one.members.map((member) => [member.id, member] as const)));
  const ownerOf = (member: EtcdMember): DescribedEndpoint | undefined =>
    firsts.find(({ memberId }) => memberId === member.id) ??
    firsts.find(
      ({ memberId = '', nodename, host }) =>
        memberId === '' &&
        ((nodename !== undefined && nodename === member.hostname) || member.peerHosts.includes(host)),
    );
  // A machine that has rejoined etcd may have left a member with the same name and addresses.
  const machineKey = ({ hostname, peerHosts }: EtcdMember, own: DescribedEndpoint | undefined): string =>
    JSON.stringify([own?.endpoint, hostname, peerHosts]);
  const withOwners = [...members.values()].map((member) => ({ member, own: ownerOf(member) }));
  const owned = [...new Map(withOwners.map((one) => [machineKey(one.member, one.own), one])).values()];
  const owners = new Set(owned.map(({ own }) => own));
  const answering = [
    ...owned.map(({ member, own }) => ofMember(member, own)),
    ...firsts.filter((one) => !one.isGateway && !owners.has(one)).map(ofItself),
  ];
  const index = hostIndex(answering, hostsOf);
  const hosts = new Set(described.map(({ host }) => host));
  const others = [...new Set(silent)].filter((host) => !hosts.has(host) && index.claimants(host).length === 0);
  return {
    records: [...answering, ...others.map(ofSilent)],
    notes: [...machines.values()]
      .filter((same) => same.length > 1)
      .map((same) => `${same.map(({ endpoint }) => endpoint).join(' and ')} lead to one machine, by its node id`),
  };
}
