import assert from 'node:assert/strict';

/** Errors as gRPC, Node, Go, OpenSSL and etcd word them. */
export const rawErrors: readonly string[] = [
  '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 10.0.0.2:50000',
  'connect ECONNREFUSED 10.0.0.2:50000',
  'getaddrinfo ENOTFOUND cp-2.example.org',
  'read ECONNRESET',
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.2:50000: i/o timeout"',
  'error reading server preface: rpc error: code = Canceled desc = context canceled',
  'Get "https://10.0.0.1:6443/api/v1/nodes": dial tcp 10.0.0.1:6443: connect: connection refused',
  'failed to pull image "registry.k8s.io/pause:3": rpc error: code = NotFound desc = registry.k8s.io/pause:3: not found',
  'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  'unable to verify the first certificate',
  'etcdserver: request timed out',
  'TypeError: Cannot read properties of undefined at call (/app/dist/action.cjs:12:34)',
  'panic: runtime error: index out of range goroutine 1 [running]',
];

/** What only a program says. Not the patterns of the program itself, so that a gap in those shows. */
const forbidden =
  /code = |desc = |rpc error|\d UNAVAILABLE|\bE(?:CONN|NOTFOUND|AI_)\w*|getaddrinfo|dial tcp|x509|\btls: |unable to verify|etcdserver|panic:|goroutine|TypeError|\.cjs:\d/;

export function assertInWords(title: string, what = title): void {
  assert.doesNotMatch(title, forbidden, what);
  assert.match(title, /^\S.*[^\s:;,(]$/, `"${what}" is cut in the middle: "${title}"`);
}
