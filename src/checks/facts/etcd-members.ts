import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { EtcdMember } from '../../talos/model.ts';
import { hostIndex } from '../../values/host-index.ts';

/** Which control plane runs which member. */
export interface MemberOwners {
  /** By the name of the node. */
  readonly ofNode: ReadonlyMap<string, EtcdMember>;
  /** By the id of the member. */
  readonly ofMember: ReadonlyMap<string, NodeSnapshot>;
}

/** The id that the etcd of a node gives itself. */
function ownId({ etcdStatus }: NodeSnapshot): string | undefined {
  return etcdStatus.ok && etcdStatus.value.memberId !== '' ? etcdStatus.value.memberId : undefined;
}

const namesOf = ({ node, nodename }: NodeSnapshot): readonly string[] => [
  node.name,
  ...node.names,
  ...(nodename.ok ? [nodename.value.nodename] : []),
];

/**
 * Matches members and control planes: by the id that a node's own etcd gives,
 * and where that gives none, by the member's name, and then by its peer
 * addresses. Names in etcd are host names at the time of joining, and an
 * address can be anybody's: so a node has one member at most, and a second one
 * that goes by its name or address is nobody's.
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
  const silent = controlPlanes.filter((node) => ownId(node) === undefined);
  const byName = hostIndex(silent, namesOf);
  const byAddress = hostIndex(silent, ({ node }) => [node.address, ...node.addresses]);
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

/** What etcd answers to whatever a learner may not be asked; Talos's health check is one of these. */
const refusal = 'rpc not supported for learner';

/** The etcd of the node says that it is a learner: until it votes, Talos finds it unhealthy. */
export function isLearner({ etcdMembers, etcdStatus, services }: NodeSnapshot): boolean {
  const service = services.ok ? services.value.find(({ id }) => id === 'etcd') : undefined;
  return (
    (etcdStatus.ok && etcdStatus.value.isLearner) ||
    (!etcdMembers.ok && etcdMembers.error.message.includes(refusal)) ||
    (service?.state === 'Running' && service.health !== 'healthy' && service.healthMessage.includes(refusal))
  );
}
