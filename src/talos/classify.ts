import type { Failure, FailureKind, FailureLayer } from './failure.ts';

/** What gRPC reports of a failed call. */
export interface CallStatus {
  /** The status name, such as `UNAVAILABLE`. */
  readonly code: string;
  readonly details: string;
  /** Whether a connection carried the call: without one these are no server's words. */
  readonly connected?: boolean;
}

type Rule = readonly [pattern: RegExp, kind: FailureKind, layer: FailureLayer];

/**
 * gRPC folds every trouble of a connection that is there into UNAVAILABLE and
 * a text, so the text is all there is. What apid says of the node behind it always begins
 * with `connection error` or `dns:`; these words are Go's.
 */
const behindEndpoint: readonly Rule[] = [
  [/^dns: |produced zero addresses|no such host/, 'unresolved', 'node'],
  [/connection refused/, 'refused', 'node'],
  [/no route to host|network is unreachable/, 'no-route', 'node'],
  [/i\/o timeout/, 'connect-timeout', 'node'],
  [/unknown authority|failed to verify certificate/, 'wrong-ca', 'node'],
];

/** What Node and OpenSSL say of the connection to the endpoint. TLS alerts go by number: the words differ between versions of Node. */
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

/** What gRPC says itself, whatever the code that it chose: no Talos API sent these words. */
const ofTransport: readonly Rule[] = [
  [/^Received HTTP status code 5\d\d/, 'unavailable', 'endpoint'],
  [/^Received HTTP status code/, 'not-talos', 'endpoint'],
  // A stream that was cut may be the fault of either; so may one that was refused.
  [/^Received RST_STREAM|^Stream refused by server|^Bandwidth exhausted|^Protocol not secure/, 'unavailable', 'node'],
  [/^Received (message larger than max|a compressed message)/, 'malformed', 'node'],
];

function fromRules(rules: readonly Rule[], text: string): readonly [FailureKind, FailureLayer] | undefined {
  const rule = rules.find(([pattern]) => pattern.test(text));
  return rule && [rule[1], rule[2]];
}

function ofUnavailable(details: string): readonly [FailureKind, FailureLayer] {
  if (/^(connection error|dns: |name resolver error)/.test(details)) {
    return fromRules(behindEndpoint, details) ?? ['unavailable', 'node'];
  }
  // Words that neither has are mostly a service's behind the API, such as etcd's on a learner.
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
  // An unknown resource type is refused too, whatever the role: it means an older Talos.
  return details.includes('is not supported') ? ['unsupported-type', 'node'] : ['not-authorized', 'caller'];
}

function kindOf(status: CallStatus): readonly [FailureKind, FailureLayer] {
  if (status.connected === false) {
    return ofNoConnection(status);
  }
  const known = fromRules(ofTransport, status.details);
  if (known !== undefined) {
    return known;
  }
  switch (status.code) {
    case 'UNAVAILABLE':
      return ofUnavailable(status.details);
    case 'PERMISSION_DENIED':
      return ofPermissionDenied(status.details);
    case 'NOT_FOUND':
      return ['not-found', 'node'];
    case 'UNIMPLEMENTED':
      return ['unimplemented', 'node'];
    case 'DEADLINE_EXCEEDED':
    case 'CANCELLED':
      // The caller's own cancellation never gets here: a server cancels when the deadline has run out on its side first.
      return ['timeout', 'node'];
    case 'INTERNAL':
      // An HTTP/2 stream that ends in the middle is the connection's fault; the rest is the node's.
      return fromRules(toEndpoint, status.details) ?? ['other', 'node'];
    default:
      return ['other', 'node'];
  }
}

/**
 * On one line, and without what gRPC and OpenSSL wrap around the reason:
 * prefaces, places in source files, and time stamps, which would make the same
 * failure look new each time.
 */
function tidy(details: string): string {
  return details
    .replace(/\s*\(\d{4}-\d\d-\d\dT[^)]*\)/g, '')
    .replace(
      /[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):[^:]*:\d+:?(?:SSL alert number (\d+))?/g,
      (_, words, alert) => (alert === undefined ? words : `${words} (TLS alert ${alert})`),
    )
    .replace(/\s+/g, ' ')
    .trim();
}

/** Says what a failed call means: its kind, and whose failure it is. Pure. */
export function classify(status: CallStatus, endpoint: string): Failure {
  const [kind, layer] = kindOf(status);
  const message =
    kind === 'timeout'
      ? 'no answer before the deadline'
      : kind === 'connect-timeout' && layer === 'endpoint'
        ? 'no connection before the deadline'
        : tidy(status.details);
  return { kind, layer, code: status.code, message, endpoint };
}
