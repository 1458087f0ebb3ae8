import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { EtcdMember } from '../../talos/model/etcd.ts';
import { hostIndex } from '../../values/host-index.ts';

/** Which control plane runs which member of etcd. */
export interface MemberOwners {
  /** By the name of the node. */
  readonly ofNode: ReadonlyMap<string, EtcdMember>;
  /** By the id of the member. */
  readonly ofMember: ReadonlyMap<string, NodeSnapshot>;
}

/** The member id that the etcd of a node reports. */
function ownId({ etcdStatus }: NodeSnapshot): string | undefined {
  return etcdStatus.ok && etcdStatus.value.memberId !== '' ? etcdStatus.value.memberId : undefined;
}

const namesOf = ({ node, nodename }: NodeSnapshot): readonly string[] => [
  node.name,
  ...node.names,
  ...(nodename.ok ? [nodename.value.nodename] : []),
];

/**
 * Matches members with control planes: by the member id that the etcd of the node reports, else by the name of the member,
 * else by its peer addresses. Names are host names at the time of joining, and addresses may be shared or reassigned, so
 * a node has at most one member: a second one that matches its name or address has no owner.
 */
export function memberOwners(members: readonly EtcdMember[], controlPlanes: readonly NodeSnapshot[]): MemberOwners {
  const ofNode = new Map<string, EtcdMember>();
  const ofMember = new Map<string, NodeSnapshot>();
  const assign = (node: NodeSnapshot, member: EtcdMember): void => {
    ofNode.set(node.node.name, member);
    ofMember.set(member.id, node);
  };
  const byId = new Map(members.map((member) => [member.id, member]));
  for (const node of controlPlanes) {
    const member = byId.get(ownId(node) ?? '');
    if (member !== undefined && !ofMember.has(member.id)) {
      assign(node, member);
    }
  }
  const withoutId = controlPlanes.filter((node) => ownId(node) === undefined);
  const byName = hostIndex(withoutId, namesOf);
  const byAddress = hostIndex(withoutId, ({ node }) => [node.address, ...node.addresses]);
  const match = (find: (member: EtcdMember) => NodeSnapshot | undefined): void => {
    for (const member of members.filter(({ id }) => !ofMember.has(id))) {
      const node = find(member);
      if (node !== undefined && !ofNode.has(node.node.name)) {
        assign(node, member);
      }
    }
  };
  match(({ hostname }) => (hostname === '' ? undefined : byName.find(hostname)));
  match(({ peerHosts }) =>
    peerHosts.map((host) => byAddress.find(host) ?? byName.find(host)).find((node) => node !== undefined),
  );
  return { ofNode, ofMember };
}

/** The error of etcd for calls that a learner does not support. Talos's health check makes one. */
const notSupported = 'rpc not supported for learner';

/** Whether the etcd of the node reports that it is a learner. Talos reports it as unhealthy until it votes. */
export function isLearner({ etcdMembers, etcdStatus, services }: NodeSnapshot): boolean {
  const service = services.ok ? services.value.find(({ id }) => id === 'etcd') : undefined;
  return (
    (etcdStatus.ok && etcdStatus.value.isLearner) ||
    (!etcdMembers.ok && etcdMembers.error.message.includes(notSupported)) ||
    (service?.state === 'Running' && service.health !== 'healthy' && service.healthMessage.includes(notSupported))
  );
}
