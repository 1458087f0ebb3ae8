import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { KubeSpanPeer } from '../../talos/resources/kubespan.ts';
import { hostIndex } from '../../values/host-index.ts';
import { claimants } from './nodes.ts';
import { perSnapshot } from './per-snapshot.ts';

/** A fault of the way from a node to another machine. */
export interface PeerTrouble {
  /** Without the name of the peer. */
  readonly words: string;
  /** The label of the peer, its key if it has none, or the name of its node. */
  readonly peer: string;
  /** Absent if it is none of the known nodes. */
  readonly node?: NodeSnapshot;
  /** Its label names a machine that is not in the cluster: discovery lists one that has left for another half an hour. */
  readonly isStranger?: true;
}

/**
 * In milliseconds. WireGuard makes a new handshake every two minutes, and Talos calls a peer down 275 seconds after the
 * last one.
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

/** A machine that was installed anew has another key, and discovery still has the peer with the old one. */
function isReplaced({ id, label, state }: KubeSpanPeer, peers: readonly KubeSpanPeer[]): boolean {
  return (
    state !== 'up' &&
    label !== '' &&
    peers.some((other) => other.id !== id && other.label === label && other.state === 'up')
  );
}

/** What is wrong with the peers of a node: those that it lists, and machines that list it and that it does not. */
export function peerTroubles(node: NodeSnapshot, snapshot: Snapshot): readonly PeerTrouble[] {
  const nodeOf = (label: string): NodeSnapshot | undefined => byName(snapshot).find(label);
  const isStranger = (label: string): boolean => label !== '' && claimants(snapshot, label).length === 0;
  const peers = peersOf(node);
  const listed = new Set(peers.flatMap(({ label }) => nodeOf(label) ?? []));
  const unlisted = snapshot.nodes.filter(
    (other) => other !== node && !listed.has(other) && peersOf(other).some(({ label }) => nodeOf(label) === node),
  );
  // The clock of the node can be wrong, and is the same for all of them.
  const newest = Math.max(...peers.map(({ lastHandshakeAt = 0 }) => lastHandshakeAt));
  return [
    ...peers.flatMap((peer): readonly PeerTrouble[] => {
      const words = isReplaced(peer, peers) ? undefined : troubleOf(peer, newest);
      const found = nodeOf(peer.label);
      return words === undefined
        ? []
        : [
            {
              words,
              peer: peer.label || peer.id,
              ...(found && { node: found }),
              ...(isStranger(peer.label) && { isStranger: true }),
            },
          ];
    }),
    ...unlisted.map((other) => ({ words: 'is no peer, and has this node as one', peer: other.node.name, node: other })),
  ];
}

/** @param newest the last handshake of all peers, epoch milliseconds by the clock of the node */
function troubleOf({ state, lastHandshakeAt }: KubeSpanPeer, newest: number): string | undefined {
  if (state !== 'up') {
    return state === 'down' ? 'is down' : 'has not been reached yet';
  }
  const behind = newest - (lastHandshakeAt ?? newest);
  return behind > oldHandshake
    ? `had its last handshake ${Math.floor(behind / 60_000)} minutes before the others`
    : undefined;
}
