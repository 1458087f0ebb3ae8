import { timestampMs } from '@bufbuild/protobuf/wkt';
import { KubespanPeerState, PeerStatusSpecSchema } from '../../gen/talos/resource/definitions/definitions_pb.ts';
import { enumName, resourceType } from './type.ts';

/** A peer of the WireGuard network of KubeSpan, as a node sees it. */
export interface KubeSpanPeer {
  /** Its public key. */
  readonly id: string;
  /** Its host name or Kubernetes node name. */
  readonly label: string;
  readonly state: 'unknown' | 'up' | 'down';
  /** Epoch milliseconds by the clock of the node; absent if there was none yet. */
  readonly lastHandshakeAt?: number;
}

/** The other machines in the WireGuard network of KubeSpan; none if it is not enabled. */
export const kubeSpanPeerStatuses = resourceType<typeof PeerStatusSpecSchema, KubeSpanPeer>(
  'kubespan',
  'KubeSpanPeerStatuses.kubespan.talos.dev',
  PeerStatusSpecSchema,
  ({ label, state, lastHandshakeTime }, id) => {
    // Before the first handshake Talos sends the zero time of Go, in the year 1.
    const at = lastHandshakeTime === undefined ? 0 : timestampMs(lastHandshakeTime);
    return { id, label, state: stateNames[state] ?? 'unknown', ...(at > 0 && { lastHandshakeAt: at }) };
  },
  (document) => ({ ...document, state: enumName(document['state'], 'PEER_STATE_') }),
);

const stateNames: Readonly<Record<KubespanPeerState, KubeSpanPeer['state']>> = {
  [KubespanPeerState.PEER_STATE_UNKNOWN]: 'unknown',
  [KubespanPeerState.PEER_STATE_UP]: 'up',
  [KubespanPeerState.PEER_STATE_DOWN]: 'down',
};
