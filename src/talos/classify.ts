import type { Failure, FailureKind, FailureLayer } from './failure.ts';

/** The status of a failed call. */
export interface CallStatus {
  /** The status name, such as `UNAVAILABLE`. */
  readonly code: string;
  readonly details: string;
  /** False if there was no connection; then the status does not come from a server. */
  readonly connected?: boolean;
  /** By how much the clock of the server is ahead, if it told its time. Milliseconds. */
  readonly clockOffset?: number | undefined;
}

type Rule = readonly [pattern: RegExp, kind: FailureKind, layer: FailureLayer];

/**
 * gRPC reports every problem of an open connection as UNAVAILABLE with a text, so
 * only the text tells them apart. The messages of apid about the node behind it begin
 * with `connection error` or `dns:`, and are Go's.
 */
const behindEndpoint: readonly Rule[] = [
  [/^dns: |produced zero addresses|no such host/, 'unresolved', 'node'],
  [/connection refused/, 'refused', 'node'],
  [/no route to host|network is unreachable/, 'no-route', 'node'],
  [/i\/o timeout/, 'connect-timeout', 'node'],
  [/unknown authority|failed to verify certificate/, 'wrong-ca', 'node'],
];

/**
 * Messages of Node and OpenSSL about the connection to the endpoint. TLS alerts are
 * matched by number, because their text differs between versions of Node.
 */
const toEndpoint: readonly Rule[] = [
  [/a kube-apiserver answers there/, 'not-talos', 'endpoint'],
  [/ECONNREFUSED/, 'refused', 'endpoint'],
  [/ENETUNREACH|EHOSTUNREACH/, 'no-route', 'endpoint'],
  [/ETIMEDOUT/, 'connect-timeout', 'endpoint'],
  [/getaddrinfo/, 'unresolved', 'endpoint'],
  [/alert number 45/, 'client-certificate-expired', 'caller'],
  [/alert number 116/, 'client-certificate-missing', 'caller'],
  [/alert number (42|43|44|46|48|49)/, 'client-certificate-unknown', 'caller'],
  [
    /unable to verify the first certificate|self.signed certificate|unable to get (local )?issuer certificate|certificate signature failure/,
    'wrong-ca',
    'endpoint',
  ],
  [
    /certificate has expired|certificate is not yet valid|ERR_TLS_CERT_ALTNAME_INVALID|altnames/,
    'server-certificate',
    'endpoint',
  ],
  [
    /wrong version number|alert number (70|120)|Protocol error|unsupported protocol|packet length too long/,
    'not-talos',
    'endpoint',
  ],
  [
    /disconnected before secure TLS|Failed to connect|Connection dropped|ECONNRESET|EPIPE|socket hang up/,
    'dropped',
    'endpoint',
  ],
];

/** Messages of the gRPC client, whatever their code: no Talos API sends them. */
const ofTransport: readonly Rule[] = [
  [/^Received HTTP status code 5\d\d/, 'unavailable', 'endpoint'],
  [/^Received HTTP status code/, 'not-talos', 'endpoint'],
  // Either the endpoint or the node may have reset or refused the stream.
  [/^Received RST_STREAM|^Stream refused by server|^Bandwidth exhausted|^Protocol not secure/, 'unavailable', 'node'],
  [/^Received (message larger than max|a compressed message)/, 'malformed', 'node'],
];

/** Messages of Omni, whatever their code. */
const ofOmni: readonly Rule[] = [
  [/^cluster ".*" (endpoint not found|is not registered|has no management addresses)/, 'unknown-cluster', 'caller'],
  [/^permission denied$|^unauthorized: /, 'account-denied', 'caller'],
  [/^resolve nodes: /, 'unresolved', 'node'],
];

function fromRules(rules: readonly Rule[], text: string): readonly [FailureKind, FailureLayer] | undefined {
  const rule = rules.find(([pattern]) => pattern.test(text));
  return rule && [rule[1], rule[2]];
}

function ofUnavailable(details: string): readonly [FailureKind, FailureLayer] {
  if (/^(connection error|dns: |name resolver error)/.test(details)) {
    return fromRules(behindEndpoint, details) ?? ['unavailable', 'node'];
  }
  // Other messages are mostly from a service behind the API, such as etcd on a learner.
  return fromRules(toEndpoint, details) ?? ['unavailable', 'node'];
}

function ofNoConnection({ code, details }: CallStatus): readonly [FailureKind, FailureLayer] {
  return code === 'DEADLINE_EXCEEDED'
    ? ['connect-timeout', 'endpoint']
    : (fromRules(toEndpoint, details) ?? ['dropped', 'endpoint']);
}

function ofPermissionDenied(details: string): readonly [FailureKind, FailureLayer] {
  if (details.includes('no request forwarding')) {
    return ['no-forwarding', 'endpoint'];
  }
  // Older versions of Talos also send this for an unknown resource type, whatever the role.
  return details.includes('is not supported') ? ['unsupported-type', 'node'] : ['not-authorized', 'caller'];
}

function kindOf(status: CallStatus): readonly [FailureKind, FailureLayer] {
  if (status.connected === false) {
    return ofNoConnection(status);
  }
  const known = fromRules(ofTransport, status.details) ?? fromRules(ofOmni, status.details);
  if (known !== undefined) {
    return known;
  }
  switch (status.code) {
    case 'UNAVAILABLE':
      return ofUnavailable(status.details);
    case 'UNAUTHENTICATED':
      return ['signature-refused', 'caller'];
    case 'PERMISSION_DENIED':
      return ofPermissionDenied(status.details);
    case 'NOT_FOUND':
      return ['not-found', 'node'];
    case 'UNIMPLEMENTED':
      return ['unimplemented', 'node'];
    case 'DEADLINE_EXCEEDED':
    case 'CANCELLED':
      // Not cancelled by the caller: the server cancels if the deadline expires there first.
      return ['timeout', 'node'];
    case 'INTERNAL':
      // An HTTP/2 stream that ends early is a failure of the connection; others are the node's.
      return fromRules(toEndpoint, status.details) ?? ['other', 'node'];
    default:
      return ['other', 'node'];
  }
}

/**
 * The reason on one line, without what gRPC and OpenSSL add to it: prefixes,
 * positions in source files, and timestamps, with which each failure would look new.
 */
function tidy(details: string): string {
  return details
    .replace(/; if the root CA is installed locally, try running Node\.js with --use-system-ca/, '')
    .replace(/\s*\(\d{4}-\d\d-\d\dT[^)]*\)/g, '')
    .replace(
      /[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):[^:]*:\d+:?(?:SSL alert number (\d+))?/g,
      (_, words, alert) => (alert === undefined ? words : `${words} (TLS alert ${alert})`),
    )
    .replace(/\s+/g, ' ')
    .trim();
}

/** Derives the kind of a failure and who caused it from the status of a call. Pure. */
export function classify(status: CallStatus, endpoint: string): Failure {
  const [kind, layer] = kindOf(status);
  const message =
    kind === 'timeout'
      ? 'no answer before the deadline'
      : kind === 'connect-timeout' && layer === 'endpoint'
        ? 'no connection before the deadline'
        : tidy(status.details);
  const { code, clockOffset } = status;
  return { kind, layer, code, message, endpoint, ...(clockOffset !== undefined && { clockOffset }) };
}
