import { nodeCheck } from '../define.ts';
import { peerTroubles } from '../facts/kubespan.ts';
import { here, hint, onNodes, pass, pending, skip } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

/** So many peers are named. */
const named = 5;

export const kubespan = nodeCheck({
  id: 'kubespan',
  stage: 'readiness',
  scope: 'node',
  title: 'KubeSpan connects the node with every other machine',
  explanation:
    'A peer in the WireGuard network of KubeSpan is down: what runs on the two machines does not reach each other, and often etcd or the kubelet does not.',
  requires: ['api-reachable'],
  reads: ['kubeSpanPeers'],
  alsoReads: ['nodename'],
  across: 'all',
  docs: {
    pending:
      'a peer is down or was not reached yet, had its last handshake more than 6 minutes ago, or has this node as a peer and is none of its own. Each node judges its own direction',
    skip: 'KubeSpan is not enabled, or the version of Talos does not tell it to a reader',
    explainedBy: ['api-reachable', 'boot-finished', 'network', 'kubespan'],
    talosctl: 'not asked there',
    reports: ['siderolabs/talos#13160', 'siderolabs/talos#12897'],
    advice:
      'Check that at least one of the two machines reaches the other on UDP port 51820, and what the peers report',
    commands: [
      'talosctl -n 10.0.0.2 get kubespanpeerstatuses',
      'talosctl -n 10.0.0.2 get kubespanpeerspecs -o yaml',
      'talosctl -n 10.0.0.2 get kubespanendpoints',
    ],
  },
  unread: () => ({ explainedBy: here('boot-finished') }),
  evaluate({ kubeSpanPeers }, { node, snapshot }) {
    const troubles = peerTroubles(node, snapshot);
    if (troubles.length === 0) {
      return kubeSpanPeers.length === 0
        ? skip('KubeSpan is not enabled')
        : pass(`${count(kubeSpanPeers.length, 'peer')}, all up`);
    }
    const words = troubles.slice(0, named).map(({ peer, words: what }) => `the peer ${peer} ${what}`);
    const more = troubles.length > named ? [`and ${troubles.length - named} more`] : [];
    const peers = troubles.flatMap((trouble) => trouble.node ?? []);
    // A peer that does not answer must not hide another one that does.
    const areSilent = peers.length === troubles.length && peers.every(({ version }) => !version.ok);
    const [only] = troubles;
    const isCutOff = troubles.length === 1 && only?.node !== undefined && peerTroubles(only.node, snapshot).length > 1;
    return pending(
      [...words, ...more].join('; '),
      hint(
        'Check that one of the two machines reaches the other on UDP port 51820, and compare the endpoints that each has of the other.',
        talosctl([node, ...peers.slice(0, named)], 'get kubespanpeerstatuses'),
        talosctl(node, 'get kubespanpeerspecs -o yaml'),
      ),
      [
        ...here('boot-finished', 'network'),
        ...(areSilent ? onNodes(peers, 'api-reachable') : []),
        // A machine that several others miss is what is wrong, and not each of these.
        ...(isCutOff ? onNodes(peers, 'kubespan') : []),
      ],
    );
  },
});
