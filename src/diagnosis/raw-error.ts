/**
 * What only a program or a library says: statuses of gRPC, codes of Node, addresses that Go dials, errors of OpenSSL,
 * requests of an HTTP client, stack traces, and what the kubelet, containerd and the Kubernetes API add to a reason.
 */
const marks = [
  String.raw`rpc error\b`,
  String.raw`\bcode = \w+`,
  String.raw`\bdesc = `,
  String.raw`\b\d{1,2} (?:CANCELLED|UNKNOWN|INVALID_ARGUMENT|DEADLINE_EXCEEDED|NOT_FOUND|ALREADY_EXISTS|PERMISSION_DENIED|RESOURCE_EXHAUSTED|FAILED_PRECONDITION|ABORTED|OUT_OF_RANGE|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS|UNAUTHENTICATED)\b`,
  String.raw`\b(?:connect|read|write|getaddrinfo|bind|open|spawn|stat|queryA{1,4}) E[A-Z_]{3,}\b`,
  String.raw`\bE(?:CONN(?:REFUSED|RESET|ABORTED)|HOSTUNREACH|NETUNREACH|TIMEDOUT|PIPE|NOTFOUND|AI_[A-Z]+|ADDR[A-Z]+|ACCES|PERM|NOENT)\b`,
  String.raw`\bERR_[A-Z_]{4,}\b`,
  String.raw`\b(?:dial|read|write) (?:tcp|udp|unix)[46]?\b`,
  String.raw`\blookup \S+(?: on \S+)?: `,
  String.raw`\b(?:Get|Post|Put|Patch|Delete|Head) \\?"https?:`,
  String.raw`\bconnection error: `,
  String.raw`\bcontext (?:deadline exceeded|canceled)\b`,
  String.raw`\b(?:transport|etcdserver|x509|tls): `,
  String.raw`\bsocket hang up\b|\bClient network socket disconnected\b`,
  String.raw`\bunable to (?:verify the first|get (?:local )?issuer) certificate\b|\bself.signed certificate\b`,
  String.raw`\berror:[0-9A-F]{8}:`,
  String.raw`\b(?:TLS alert|alert number) `,
  String.raw`\bReceived (?:HTTP status code|RST_STREAM)`,
  String.raw`\b(?:Type|Range|Reference|Syntax|Aggregate)?Error: `,
  String.raw`\bat (?:\S+ )?\(?\S+:\d+:\d+\)?`,
  String.raw`\bpanic: `,
  String.raw`\bgoroutine \d+ `,
  String.raw`\bback-off \S+ restarting failed container\b`,
  String.raw`\bcontainers with unready status: `,
  String.raw`\bfailed to resolve reference `,
  String.raw`\S+ is forbidden: User `,
].join('|');

const raw = new RegExp(marks);
const rawInBrackets = new RegExp(String.raw` \((?=[^()]*(?:${marks}))(?:[^()]|\([^()]*\))*\)`, 'g');

/** What Go puts before errors that it joins. */
const errorCount = /\b\d+ errors?(?:\(s\))? occurred: (?:\* )?/g;

/** What well-known raw errors mean. The first that matches counts. */
const meanings: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [/ECONNREFUSED|connection refused/, 'connection refused'],
  [/EHOSTUNREACH|ENETUNREACH|no route to host|network is unreachable/, 'no route to host'],
  [/ENOTFOUND|EAI_|no such host/, 'the name cannot be resolved'],
  [/ECONNRESET|ECONNABORTED|EPIPE|socket hang up|socket disconnected|\bEOF\b/, 'the connection was dropped'],
  [/ETIMEDOUT|i\/o timeout|deadline exceeded|DEADLINE_EXCEEDED|DeadlineExceeded/, 'no answer in time'],
  [/no space left/, 'no space left on the disk'],
  [/no such file/, 'no such file'],
  [/permission denied|EACCES|EPERM/, 'permission denied'],
  [/x509|certificate/, 'a certificate is not trusted or not valid'],
  [/code = NotFound|NOT_FOUND|not found/, 'not found'],
  [/code = PermissionDenied|PERMISSION_DENIED|[Ff]orbidden/, 'not authorized'],
  [/code = Unauthenticated|UNAUTHENTICATED|[Uu]nauthorized/, 'not authorized'],
];

/** Where a text quotes an error of a program or a library as it is: the index, or -1. */
export function rawErrorAt(text: string): number {
  return text.search(raw);
}

/** One part of a text up to its raw error, with the meaning of the error if it is known. */
function partInWords(part: string): string {
  const plain = part.replace(rawInBrackets, '').replace(errorCount, '');
  const start = rawErrorAt(plain);
  if (start < 0) {
    return plain;
  }
  const words = plain.slice(0, start).replace(/(?:[\s:,]+|\s\\?["'(]+)+$/, '');
  const meaning = meanings.find(([pattern]) => pattern.test(plain.slice(start)))?.[1] ?? '';
  const isTold = meaning === '' || words.includes(meaning);
  return [words, ...(isTold ? [] : [meaning])].filter((text) => text !== '').join(': ');
}

/**
 * A text for a heading: errors of programs and libraries are replaced by what they mean, or left out. Empty if the text
 * is nothing but such an error, and its meaning is not known.
 */
export function inWords(text: string): string {
  return rawErrorAt(text) < 0
    ? text
    : text
        .split('; ')
        .map(partInWords)
        .filter((part) => part !== '')
        .join('; ');
}
