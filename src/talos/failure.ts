/**
 * Who caused a failure. A failure of the endpoint says nothing about the node behind
 * it, and one of the caller (a certificate, a role) says nothing about either.
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
  // the proxy
  | 'proxy'
  // the caller's certificate and role
  | 'client-certificate-expired'
  | 'client-certificate-unknown'
  | 'client-certificate-missing'
  | 'not-authorized'
  // the caller's account in Omni
  | 'signature-refused'
  | 'account-denied'
  | 'unknown-cluster'
  // the node's apid, which rejects all clients just after it started
  | 'starting'
  // the response of the API
  | 'other-machine'
  | 'no-forwarding'
  | 'timeout'
  | 'unsupported-type'
  | 'not-found'
  | 'unimplemented'
  | 'malformed'
  | 'cancelled'
  | 'other';

/** Why a call failed. It is a value, so that the failure of one node does not end a round. */
export interface Failure {
  readonly kind: FailureKind;
  readonly layer: FailureLayer;
  /** The gRPC status name, such as `UNAVAILABLE`. */
  readonly code: string;
  /** The error message of the server or the network, on one line. */
  readonly message: string;
  /** By how much the clock of the server that refused a signature is ahead of ours, if it told its time. Milliseconds. */
  readonly clockOffset?: number;
  /** `host:port` of the endpoint that the call went through. */
  readonly endpoint?: string;
}

/** No connection, and no response from the address: a firewall and a missing route look the same. */
export const isOnTheWay = (kind: FailureKind): boolean =>
  kind === 'connect-timeout' || kind === 'no-route' || kind === 'unresolved' || kind === 'proxy';

/** Omni itself refuses the caller, and passes nothing on. */
export const isRefusedByOmni = (kind: FailureKind): boolean =>
  kind === 'signature-refused' || kind === 'account-denied' || kind === 'unknown-cluster';

const notExposed: ReadonlySet<FailureKind> = new Set([
  'not-found',
  'not-authorized',
  'unsupported-type',
  'unimplemented',
]);

/** Whether the version of Talos does not have what was asked for, or exposes it only to os:admin. */
export const isNotExposed = ({ kind }: Failure): boolean => notExposed.has(kind);
