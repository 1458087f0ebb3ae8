import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { looksLikeIp } from '../../values/address.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { etcdFacts } from '../facts/etcd.ts';
import { claimants } from '../facts/judged.ts';
import { withoutEtcd } from '../facts/without-etcd.ts';
import { hint, pass, skip, warn } from '../outcome.ts';
import { talosctl } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const facts = etcdFacts(snapshot);
  const none = withoutEtcd(facts);
  if (none !== undefined) {
    return none;
  }
  const member = facts.owners.ofNode.get(node.node.name);
  if (member === undefined) {
    return skip('it is not among the members, as far as is known');
  }
  const own = node.node.addresses.filter(looksLikeIp);
  if (node.node.nodeId === undefined) {
    return skip('the addresses of the node are not known without discovery');
  }
  const foreign = member.peerHosts.filter((host) => looksLikeIp(host) && !own.includes(host));
  const shared = member.peerHosts.filter((host) => own.includes(host) && claimants(snapshot, host).length > 1);
  const words = [
    ...(foreign.length === 0 ? [] : [`${foreign.join(', ')} is no address of this node`]),
    ...(shared.length === 0 ? [] : [`${shared.join(', ')} is an address of other nodes too`]),
  ];
  const advice = hint(
    'Set cluster.etcd.advertisedSubnets in the machine configuration to the network of the nodes, so that etcd advertises an address that stays with this node.',
    talosctl(node, 'etcd members'),
    talosctl(node, 'get addresses'),
  );
  return words.length === 0
    ? pass(`its peers reach it at ${member.peerHosts.join(', ')}`)
    : warn(`its peers are to reach its etcd at an address that is not its own: ${words.join('; ')}`, advice);
}

export const etcdPeerAddresses: NodeCheck = {
  id: 'etcd-peer-addresses',
  stage: 'etcd',
  scope: 'control-plane',
  severity: 'warn',
  title: 'the peers of etcd reach each member at its own address',
  explanation:
    'A peer URL of etcd is a virtual IP, an address behind NAT, or one that the node no longer has: when it moves, the member is cut off.',
  requires: ['api-reachable'],
  watches: ['members'],
  acrossControlPlanes: true,
  evaluate,
};
