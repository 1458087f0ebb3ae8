/**
 * Whose failure it is. What the endpoint itself does wrong says nothing about
 * the node behind it, and what the caller brings (a certificate, a role) says
 * nothing about either.
 */
export type FailureLayer = 'caller' | 'endpoint' | 'node';

export type FailureKind =
  // on the way to the endpoint, or from the endpoint to the node behind it
  | 'refused'
  | 'no-route'
  | 'unresolved'
  | 'connect-timeout'
  | 'dropped'
  | 'wrong-ca'
  | 'server-certificate'
  | 'not-talos'
  | 'unavailable'
  // the proxy on the way to the endpoint
  | 'proxy'
  // the caller's certificate and role
  | 'client-certificate-expired'
  | 'client-certificate-unknown'
  | 'client-certificate-missing'
  | 'not-authorized'
  // the node's apid, which has just started and refuses everybody for a moment
  | 'starting'
  // what the API says
  | 'other-machine'
  | 'no-forwarding'
  | 'timeout'
  | 'unsupported-type'
  | 'not-found'
  | 'unimplemented'
  | 'malformed'
  | 'cancelled'
  | 'other';

/** Why a call gave no answer: a value, not an exception, so that one node's failure never ends a round. */
export interface Failure {
  readonly kind: FailureKind;
  readonly layer: FailureLayer;
  /** The gRPC status name, such as `UNAVAILABLE`. */
  readonly code: string;
  /** The reason in the server's or the network's own words, on one line. */
  readonly message: string;
  /** `host:port` of the endpoint through which the call went. */
  readonly endpoint?: string;
}

/** No connection came about, and nothing at the address has said so: a firewall or a missing route look the same. */
export const isOnTheWay = (kind: FailureKind): boolean =>
  kind === 'connect-timeout' || kind === 'no-route' || kind === 'unresolved' || kind === 'proxy';
