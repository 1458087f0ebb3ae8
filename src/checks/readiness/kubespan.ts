import { nodeCheck } from '../define.ts';
import { type PeerTrouble, peerTroubles } from '../facts/kubespan.ts';
import { here, hint, onNodes, pass, pending, skip, warn } from '../outcome.ts';
import { count, talosctl } from '../text.ts';

/** At most this many peers are named. */
const named = 5;

const isSilent = ({ node }: PeerTrouble): boolean => node?.version.ok === false;

/** A peer that does not answer, or that has left, is warned of, and must not hide another one. */
const faultsOf = (troubles: readonly PeerTrouble[]): readonly PeerTrouble[] =>
  troubles.filter((trouble) => !isSilent(trouble) && !trouble.isStranger);

const textOf = ({ peer, words, isStranger }: PeerTrouble): string =>
  `the peer ${peer} ${words}${isStranger ? ', and is no node of the cluster' : ''}`;

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
  ofEachNode: true,
  docs: {
    pending:
      'a peer is down or was not reached yet, had its last handshake more than 6 minutes before the others, or has this node as a peer and is none of its own. Each node judges its own direction; the old key of a machine that was installed anew does not count',
    warn: 'the only peers at fault give no answer themselves, or are no nodes of the cluster: discovery lists a machine that has left for half an hour',
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
    const words = troubles.slice(0, named).map(textOf);
    const more = troubles.length > named ? [`and ${troubles.length - named} more`] : [];
    const text = [...words, ...more].join('; ');
    const peers = troubles.flatMap((trouble) => trouble.node ?? []);
    const advice = hint(
      'Check that one of the two machines reaches the other on UDP port 51820, and compare the endpoints that each has of the other.',
      talosctl([node, ...peers.slice(0, named)], 'get kubespanpeerstatuses'),
      talosctl(node, 'get kubespanpeerspecs -o yaml'),
    );
    const own = here('boot-finished', 'network');
    const [first, ...others] = faultsOf(troubles);
    if (first === undefined) {
      return warn(text, advice, [...own, ...onNodes(peers, 'api-reachable')]);
    }
    // A machine that several others miss is what is wrong, and not each of these.
    const cutOff =
      others.length === 0 && first.node !== undefined && faultsOf(peerTroubles(first.node, snapshot)).length > 1
        ? [first.node]
        : [];
    return pending(text, advice, [...own, ...onNodes(cutOff, 'kubespan')]);
  },
});
