import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { KubeSpanPeer } from '../../talos/kubespan-resources.ts';
import { hostIndex } from '../../values/host-index.ts';
import { perSnapshot } from './per-snapshot.ts';

/** A fault of the way from a node to another machine. */
export interface PeerTrouble {
  /** Without the name of the peer. */
  readonly words: string;
  /** The label of the peer, or the name of its node. */
  readonly peer: string;
  /** Absent if it is none of the known nodes. */
  readonly node?: NodeSnapshot;
}

/**
 * In milliseconds. WireGuard makes a new handshake every two minutes, and Talos calls a peer down 275 seconds after the
 * last one. The rest is for clocks that differ.
 */
const oldHandshake = 6 * 60_000;

const byName = perSnapshot(({ nodes }: Snapshot) =>
  hostIndex(nodes, ({ node, nodename }) => [
    node.name,
    ...node.names,
    ...(nodename.ok ? [nodename.value.nodename] : []),
  ]),
);

function peersOf({ kubeSpanPeers }: NodeSnapshot): readonly KubeSpanPeer[] {
  return kubeSpanPeers.ok ? kubeSpanPeers.value : [];
}

/** What is wrong with the peers of a node: those that it lists, and machines that list it and that it does not. */
export function peerTroubles(node: NodeSnapshot, snapshot: Snapshot): readonly PeerTrouble[] {
  const nodeOf = (label: string): NodeSnapshot | undefined => byName(snapshot).find(label);
  const peers = peersOf(node);
  const listed = new Set(peers.flatMap(({ label }) => nodeOf(label) ?? []));
  const unlisted = snapshot.nodes.filter(
    (other) => other !== node && !listed.has(other) && peersOf(other).some(({ label }) => nodeOf(label) === node),
  );
  return [
    ...peers.flatMap((peer): readonly PeerTrouble[] => {
      const words = troubleOf(peer, node.kubeSpanPeers.at);
      const found = nodeOf(peer.label);
      return words === undefined ? [] : [{ words, peer: peer.label, ...(found && { node: found }) }];
    }),
    ...unlisted.map((other) => ({ words: 'is no peer, and has this node as one', peer: other.node.name, node: other })),
  ];
}

function troubleOf({ state, lastHandshakeAt }: KubeSpanPeer, now: number): string | undefined {
  if (state !== 'up') {
    return state === 'down' ? 'is down' : 'has not been reached yet';
  }
  const minutes = lastHandshakeAt === undefined ? undefined : Math.floor((now - lastHandshakeAt) / 60_000);
  return minutes !== undefined && now - (lastHandshakeAt ?? now) > oldHandshake
    ? `had its last handshake ${minutes} minutes ago`
    : undefined;
}
