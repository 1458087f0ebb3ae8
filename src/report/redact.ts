import type { ClusterNode } from '../observe/cluster.ts';
import { isNodeId } from '../values/node-id.ts';
import { cut, sanitize } from './sanitize.ts';

/** What stands where a secret stood; it is none itself, so that a second pass changes nothing. */
const removed = '(removed)';

/** How names end whose values are nobody else's business, as in `client-secret` or `registryPassword`. */
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
/** A name in quotes or not, and what stands between it and its value. */
const named = String.raw`${name}(?:\\*["'])?\s*[:=]\s*`;

/** The name of a file in which the secret is, which is none. */
const file = String.raw`[\w./-]+\.(?:ya?ml|json|pem|crt|key|csv|txt)(?![\w.])`;

type Rule = readonly [pattern: RegExp, replacement: string];

const rules: readonly Rule[] = [
  // Headers, as they are sent and as programs print them: all the rest of the line.
  [/\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*(?:token|key|auth))(\\*["']?\s*[:=]).*$/gi, `$1$2 ${removed}`],
  [/\b(bearer)\s+[\w.~+/=-]{6,}/gi, `$1 ${removed}`],
  [/\b([Bb]asic)\s+(?=\S*(?:[\d=+/]|[a-z][A-Z]))[\w+/=-]{6,}/g, `$1 ${removed}`],
  // Values that say by their name what they are; in quotes that may themselves be quoted, or bare.
  [new RegExp(String.raw`(${named})(\\*["'])(?:(?!\2)(?:\\.|.))*(\2|$)`, 'gi'), `$1$2${removed}$3`],
  [new RegExp(String.raw`(${named})(?!true\b|false\b|nil\b|null\b)[^\s"'\\]+`, 'gi'), `$1${removed}`],
  [new RegExp(String.raw`((?<![\w-])--?[\w-]*(?:${secretName}))\s+(?!-|${file})[^\s"'\\]+`, 'gi'), `$1 ${removed}`],
  // Values that a sentence tells. A secret that is named so is an object of Kubernetes, and its name is worth knowing.
  [
    /\b((?:password|passphrase|token)\s[^=:"']{0,20}(?:"[^"]*" (?:is|was) )?)(["'])(?:(?!\2).)*\2/gi,
    `$1$2${removed}$2`,
  ],
  // URLs with credentials, also where the password holds what it should not.
  [/(:\/\/)[^\s/?#"'<>]*@/g, `$1${removed}@`],
  [/(:\/\/)[^\s:/@"'<>]+:[^\s"'<>]*@/g, `$1${removed}@`],
  // Tokens that have a form of their own: JWTs, bootstrap tokens, keys of age and of well-known services.
  [/\beyJ[\w-]{4,}(?:\.[\w-]*)+/g, removed],
  // A part of a domain name is none, nor is one of letters alone.
  [/(?<![\w.-])[a-z0-9]{6}\.(?=[a-z]*\d[a-z0-9]*\d)[a-z0-9]{16}(?![\w-]|\.\w)/g, removed],
  [/\bAGE-SECRET-KEY-\w+/gi, removed],
  [/\b(?:gh[a-z]_|github_pat_|glpat-|xox[a-z]-|AKIA|ASIA)[\w-]{12,}/g, removed],
  [/\bsk-(?=[\w-]*[A-Z])[\w-]{12,}/g, removed],
];

/** What every rule needs, and most texts have nothing of. */
const suspicious =
  /pass|secret|token|credential|auth|sig|key|cookie|bearer|basic|:\/\/|-----|eyj|gh[a-z]_|github_pat_|glpat-|xox|sk-|akia|asia|[a-z0-9]{6}\.[a-z0-9]{16}|[\w+/-]{20}/i;

/** Both cases and digits, which words and paths seldom have together. */
const isMixed = (text: string): boolean => /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d.*\d/.test(text);

/** Whether a run of base64, URL-safe or not, or of hexadecimal digits is long and mixed enough for key material. */
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
  // The digest of an image is no secret, and says which one it is.
  return text.replace(/(?<!sha256:)(?<![\w+/-])[\w+/-]{20,}={0,2}/g, (run) => (isKeyMaterial(run) ? removed : run));
}

const isBase64 = (line: string): boolean => /^[A-Za-z0-9+/]+={0,2}$/.test(line);
const isEnd = (line: string): boolean => line.includes('-----END ');
/** Lines of the longest PEM block that anybody logs: a chain has several blocks. */
const longestPem = 200;

/** Keys and certificates over several lines, also those whose beginning or end is not among the lines. */
function withoutPem(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let next = 0;
  for (const [index, line] of lines.entries()) {
    if (index < next) {
      continue;
    }
    const text = line.replace(/-----BEGIN .*?(?:-----END [^-]*-----|$)/g, removed);
    if (text !== line && !isEnd(line)) {
      const end = lines.slice(index, index + longestPem).findIndex(isEnd);
      const foreign = lines.slice(index + 1).findIndex((other) => !isBase64(other));
      next = end > 0 ? index + end + 1 : foreign < 0 ? lines.length : index + 1 + foreign;
    }
    if (isEnd(text)) {
      const own = kept.findLastIndex((other) => !isBase64(other)) + 1;
      kept.splice(own);
    }
    kept.push(text.replace(/^.*-----END [^-]*-----/, removed));
  }
  return kept;
}

/** UTF-16 units of a line that are looked at, and graphemes that are shown. */
const longestLine = 2000;
const longestShown = 500;

/** What is left out might cut a secret in two, so the last word goes with it. */
function bounded(line: string): string {
  return line.length <= longestLine ? line : line.slice(0, longestLine).replace(/\S*$/, '…');
}

/**
 * One text as it may be shown, without what looks like a secret: by the rules
 * for logs, and where there is none, as it was. The rest of a long text with
 * something to remove is cut.
 */
export function redactText(text: string): string {
  const line = sanitize(text);
  if (!suspicious.test(line)) {
    return text;
  }
  const start = bounded(line);
  const shown = withoutPem([start]).map(redactLine).join('');
  return shown === start && start === line ? text : shown;
}

/**
 * Lines of a log as they may be shown: each one harmless line, without what
 * looks like a key, a certificate, a token, a password or credentials. Rather
 * too much is removed than too little; the log itself is a command away.
 */
export function redact(lines: readonly string[]): string[] {
  const harmless = lines.map((line) => bounded(sanitize(line)));
  return withoutPem(harmless).map((line) => cut(redactLine(line), longestShown));
}

/** Takes the secrets out of every text within a value. */
export type Redaction = <T>(value: T) => T;

/** What the gate says of itself: most of a large report, and never a word of a node. */
const own = new Set([
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

/**
 * For the texts of one report, most of which are there many times. Nodes stay
 * apart: of a name that shows a secret the address is left.
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
            own.has(key) || (key === 'nodeId' && isNodeId(String(inner))) ? inner : within(inner),
          ]),
        )
      : value;
  };
  // The same shape with other texts, which no type can say.
  return within as Redaction;
}
