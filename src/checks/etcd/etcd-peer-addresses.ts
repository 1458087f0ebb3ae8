import { looksLikeIp } from '../../values/address.ts';
import { nodeCheck } from '../define.ts';
import { etcdFacts, withoutEtcd } from '../facts/etcd.ts';
import { claimants } from '../facts/nodes.ts';
import { hint, pass, skip, warn } from '../outcome.ts';
import { talosctl } from '../text.ts';

export const etcdPeerAddresses = nodeCheck({
  id: 'etcd-peer-addresses',
  stage: 'etcd',
  scope: 'control-plane',
  severity: 'warn',
  title: 'the peers of etcd reach each member at its own address',
  explanation:
    'A peer URL of etcd is a virtual IP, an address behind NAT, or one that the node no longer has: when it moves, the member is cut off.',
  requires: ['api-reachable'],
  reads: [],
  alsoReads: ['discovery', 'etcdMembers', 'etcdStatus'],
  across: 'controlplane',
  docs: {
    pending: 'never: it only warns',
    warn: 'a peer URL of its member is no address of the node (it is behind NAT, or the address has changed), or other nodes have the address too (a virtual IP)',
    skip: 'the addresses of the node are not known without discovery',
    talosctl:
      'its "etcd members are control plane nodes" compares peer addresses with the addresses of all control planes together',
    reports: ['siderolabs/talos#12410', 'siderolabs/talos#12720'],
    advice: 'Set `cluster.etcd.advertisedSubnets` to the network of the nodes',
    commands: ['talosctl -n 10.0.0.1 etcd members', 'talosctl -n 10.0.0.1 get addresses'],
  },
  unless: withoutEtcd,
  evaluate(_, { node, snapshot }) {
    const facts = etcdFacts(snapshot);
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
  },
});
