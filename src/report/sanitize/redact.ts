import type { ClusterNode } from '../../observe/members/cluster.ts';
import { isNodeId } from '../../values/node-id.ts';
import { sanitize, truncate } from './sanitize.ts';

/** Replaces a secret. No rule matches it, so a second pass changes nothing. */
const removed = '(removed)';

/** Endings of names whose values are secret, as in `client-secret` or `registryPassword`. */
const secretName = [
  'pass(?:word|wd|phrase)?s?',
  'secrets?',
  'tokens?',
  'credentials?',
  'auth',
  'sig(?:nature)?',
  '(?:api|access|private|client|encryption|signing|shared|session|account)[ _-]?key(?:[_-]?id)?',
].join('|');
const name = String.raw`(?<![\w.-])[\w.-]*(?:${secretName})(?:[_-]?(?:data|value|hash|base64))?`;
/** A name, possibly in quotes, with the separator before its value. */
const named = String.raw`${name}(?:\\*["'])?\s*[:=]\s*`;

/** The name of a file that contains the secret is no secret. */
const file = String.raw`[\w./-]+\.(?:ya?ml|json|pem|crt|key|csv|txt)(?![\w.])`;

type Rule = readonly [pattern: RegExp, replacement: string];

const rules: readonly Rule[] = [
  // Headers, as they are sent and as programs print them: the rest of the line.
  [/\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*(?:token|key|auth))(\\*["']?\s*[:=]).*$/gi, `$1$2 ${removed}`],
  [/\b(bearer)\s+[\w.~+/=-]{6,}/gi, `$1 ${removed}`],
  [/\b([Bb]asic)\s+(?=\S*(?:[\d=+/]|[a-z][A-Z]))[\w+/=-]{6,}/g, `$1 ${removed}`],
  // Values with a telling name: in quotes, which may be escaped, or bare.
  [new RegExp(String.raw`(${named})(\\*["'])(?:(?!\2)(?:\\.|.))*(\2|$)`, 'gi'), `$1$2${removed}$3`],
  [new RegExp(String.raw`(${named})(?!true\b|false\b|nil\b|null\b)[^\s"'\\]+`, 'gi'), `$1${removed}`],
  [new RegExp(String.raw`((?<![\w-])--?[\w-]*(?:${secretName}))\s+(?!-|${file})[^\s"'\\]+`, 'gi'), `$1 ${removed}`],
  // Values in a sentence. The word "secret" is left out: it names objects of Kubernetes, whose names are useful.
  [
    /\b((?:password|passphrase|token)\s[^=:"']{0,20}(?:"[^"]*" (?:is|was) )?)(["'])(?:(?!\2).)*\2/gi,
    `$1$2${removed}$2`,
  ],
  // URLs with credentials, also if the password has characters that should be encoded.
  [/(:\/\/)[^\s/?#"'<>]*@/g, `$1${removed}@`],
  [/(:\/\/)[^\s:/@"'<>]+:[^\s"'<>]*@/g, `$1${removed}@`],
  // Tokens in a known format: JWTs, bootstrap tokens, keys of age and of well-known services.
  [/\beyJ[\w-]{4,}(?:\.[\w-]*)+/g, removed],
  // Parts of domain names are not tokens, nor are texts without digits.
  [/(?<![\w.-])[a-z0-9]{6}\.(?=[a-z]*\d[a-z0-9]*\d)[a-z0-9]{16}(?![\w-]|\.\w)/g, removed],
  [/\bAGE-SECRET-KEY-\w+/gi, removed],
  [/\b(?:gh[a-z]_|github_pat_|glpat-|xox[a-z]-|AKIA|ASIA)[\w-]{12,}/g, removed],
  [/\bsk-(?=[\w-]*[A-Z])[\w-]{12,}/g, removed],
];

/** A quick test that most texts fail: without any of these, no rule can match. */
const suspicious =
  /pass|secret|token|credential|auth|sig|key|cookie|bearer|basic|:\/\/|-----|eyj|gh[a-z]_|github_pat_|glpat-|xox|sk-|akia|asia|[a-z0-9]{6}\.[a-z0-9]{16}|[\w+/-]{20}/i;

/** Both cases and digits: words and paths rarely have all of them. */
const isMixed = (text: string): boolean => /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d.*\d/.test(text);

/** Whether a run of base64 (standard or URL-safe) or hexadecimal digits is long and mixed enough to be key material. */
function isKeyMaterial(run: string): boolean {
  const parts = run.split(/[/_-]/);
  return (
    /^[0-9a-f]{32,}$/i.test(run) ||
    parts.some((part) => (part.length >= 20 && isMixed(part)) || (part.length >= 40 && /[a-z].*[A-Z]/.test(part))) ||
    (run.length >= 40 && isMixed(run) && run.length / parts.length >= 10)
  );
}

function redactLine(line: string): string {
  const text = rules.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), line);
  // The digest of an image is no secret, and identifies the image.
  return text.replace(/(?<!sha256:)(?<![\w+/-])[\w+/-]{20,}={0,2}/g, (run) => (isKeyMaterial(run) ? removed : run));
}

const isBase64 = (line: string): boolean => /^[A-Za-z0-9+/]+={0,2}$/.test(line);
const isEnd = (line: string): boolean => line.includes('-----END ');
/** Lines of the longest PEM block: a certificate chain has several blocks. */
const maxPemLines = 200;

/** Removes keys and certificates over several lines, also if their first or last lines are missing. */
function withoutPem(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let next = 0;
  for (const [index, line] of lines.entries()) {
    if (index < next) {
      continue;
    }
    const text = line.replace(/-----BEGIN .*?(?:-----END [^-]*-----|$)/g, removed);
    if (text !== line && !isEnd(line)) {
      const end = lines.slice(index, index + maxPemLines).findIndex(isEnd);
      const notBase64 = lines.slice(index + 1).findIndex((other) => !isBase64(other));
      next = end > 0 ? index + end + 1 : notBase64 < 0 ? lines.length : index + 1 + notBase64;
    }
    if (isEnd(text)) {
      const start = kept.findLastIndex((other) => !isBase64(other)) + 1;
      kept.splice(start);
    }
    kept.push(text.replace(/^.*-----END [^-]*-----/, removed));
  }
  return kept;
}

/** UTF-16 units of a line that are scanned, and graphemes that are shown. */
const maxScanned = 2000;
const maxShown = 500;

/** Limits the length of a line. Its last word is dropped too, since it may be a part of a secret. */
function limitLine(line: string): string {
  return line.length <= maxScanned ? line : line.slice(0, maxScanned).replace(/\S*$/, '…');
}

/**
 * A text without what looks like a secret, by the rules for logs. A text
 * without secrets is unchanged; a long text with secrets is truncated.
 */
export function redactText(text: string): string {
  const line = sanitize(text);
  if (!suspicious.test(line)) {
    return text;
  }
  const start = limitLine(line);
  const shown = withoutPem([start]).map(redactLine).join('');
  return shown === start && start === line ? text : shown;
}

/**
 * Sanitized lines of a log, without what looks like a key, a certificate, a
 * token, a password or credentials. Removes too much rather than too little:
 * users can read the log itself on the node.
 */
export function redact(lines: readonly string[]): string[] {
  const sanitized = lines.map((line) => limitLine(sanitize(line)));
  return withoutPem(sanitized).map((line) => truncate(redactLine(line), maxShown));
}

/** Redacts every text within a value. */
export type Redaction = <T>(value: T) => T;

/** Fields that never contain texts of nodes, and make up most of a large report. */
const trustedFields = new Set([
  'check',
  'stage',
  'status',
  'firstSeenAt',
  'lastSeenAt',
  'at',
  'docs',
  'meaning',
  'role',
  'source',
]);

/** Ids that look like secrets, and are none. */
function isPublicId(key: string, value: string): boolean {
  return (key === 'nodeId' && isNodeId(value)) || (key === 'schematic' && /^[0-9a-f]{64}$/.test(value));
}

/**
 * A redaction for the texts of one report, with a cache, since most of them are
 * repeated. A node whose name is redacted is identified by its address.
 */
export function openRedaction(nodes: readonly ClusterNode[]): Redaction {
  const known = new Map<string, string>();
  for (const { name, address } of nodes) {
    const shown = redactText(name);
    known.set(name, shown === name ? name : redactText(`${shown} at ${address}`));
  }
  const ofText = (text: string): string => {
    const shown = known.get(text) ?? redactText(text);
    known.set(text, shown);
    return shown;
  };
  const within = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return ofText(value);
    }
    if (Array.isArray(value)) {
      return value.map(within);
    }
    return typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value).map(([key, inner]) => [
            key,
            trustedFields.has(key) || isPublicId(key, String(inner)) ? inner : within(inner),
          ]),
        )
      : value;
  };
  // The shape of the value is unchanged, which the type system cannot express.
  return within as Redaction;
}
