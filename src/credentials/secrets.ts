import { countMarks, excessOf, maxMarks } from '../values/bounds.ts';
import { decodeText, looksLikeDocument, looksLikePath, unwrapBase64 } from '../values/text.ts';
import { type Mapping, parseDocument } from '../values/yaml.ts';
import { withLineBreaks } from './formats/encodings.ts';

/**
 * What to mask before an input is parsed: the whole input, unless it is a path
 * (masking `config` would redact the log), and the secrets in it. Never throws.
 */
export function secretsOfInput(input: string): readonly string[] {
  const given = input.trim();
  return distinct([...(looksLikePath(given) ? [] : [given]), ...secretsOf(given)]);
}

/**
 * The secrets of a talosconfig, a kubeconfig or a service account key in any form: the encoded key of every context and
 * user, each line of the decoded key without its PEM header and footer, tokens and passwords. It
 * searches the text as well as its structure, because a mangled file contains the same secrets. A
 * text above the size limit is not searched. Never throws.
 */
export function secretsOf(text: string): readonly string[] {
  const found = new Set<string>();
  const known = new Set<string>();
  const layers = [text];
  let characters = 0;
  let marks = 0;
  for (const layer of layers) {
    if (known.has(layer) || excessOf(layer) !== undefined) continue;
    characters += layer.length;
    marks += countMarks(layer);
    if (known.size >= mostLayers || characters > mostLayered || marks > 2 * maxMarks) break;
    known.add(layer);
    const runs = firstOf(layer.matchAll(/(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{40,}={0,2}/g)).map(([run]) => run);
    const strings = [...stringsUnder(rootOf(layer))];
    for (const secret of [...secretsInText(layer, runs), ...secretsInStructure(strings)]) found.add(secret);
    layers.push(...layersIn(layer, runs, strings));
  }
  return distinct(found);
}

/** Limits of the search, far above any real configuration. */
const mostLayers = 24;
const mostLayered = 1024 * 1024;
const mostMatches = 5000;

function firstOf<T>(values: Iterable<T>, most = mostMatches): readonly T[] {
  const first: T[] = [];
  for (const value of values) {
    if (first.length === most) break;
    first.push(value);
  }
  return first;
}

function distinct(secrets: Iterable<string>): readonly string[] {
  // The runner rejects an empty mask, and masking a short word would redact the log.
  return [...new Set(secrets)].filter((secret) => secret.trim().length >= 4);
}

/** Texts that are encoded in a text. */
function layersIn(text: string, runs: readonly string[], strings: readonly Named[]): readonly string[] {
  const whole = unwrapBase64(text) ?? [];
  const plain = text.includes('\\n') ? withLineBreaks(text) : [];
  const encoded = runs.flatMap((run) => decodeText(Buffer.from(run, 'base64')) ?? []);
  const held = strings.map(({ text: one }) => one).filter((one) => /\s/.test(one));
  const compressed = runs.filter((run) => run.startsWith('H4sI'));
  return [whole, plain, ...[...encoded, ...held].filter(isLayer), ...compressed].flat();
}

/** Documents, and nested base64. Lines of PEM are secret only in a key, and those are found without decoding. */
function isLayer(text: string): boolean {
  return /^[A-Za-z0-9+/=\s]{40,}$/.test(text) || (looksLikeDocument(text) && !text.startsWith('-----BEGIN'));
}

function secretsInText(text: string, runs: readonly string[]): readonly string[] {
  // A lookahead: if line breaks were lost, a match may contain the next one.
  const named = text.matchAll(/(?:password|token|secret)["']?\s*:[ \t]*(?=["']?([^\r\n"',}]{1,4096}))/gi);
  const passwords = firstOf(named, maxNamed).flatMap(([, rest = '']) => passwordsIn(rest.trim()));
  const proxies = firstOf(text.matchAll(/:\/\/[^\s:/@]*:([^\s/@]+)@/g)).map(([, password = '']) => password);
  return [...runs.flatMap((run) => [run, ...keyLines(decode(run))]), ...keyLines(text), ...passwords, ...proxies];
}

/** If line breaks were lost, each match is followed by all the others: the cost is quadratic. */
const maxNamed = 1000;

/** The value of `password:`. If line breaks were lost, the password is only its first word. */
function passwordsIn(rest: string): readonly string[] {
  const [first = ''] = rest.split(/\s/, 1);
  return /^(null|true|false)$/i.test(rest) ? [] : first.length < 8 ? [rest] : [rest, first];
}

/** Fields of talosconfigs, kubeconfigs, machine configurations and auth plugins that contain secrets. */
const secretName =
  /^(key|pgp_key|client-key-data|client_key|([\w-]+[-_])?token|\w*token|password|client-secret|\w*secret)$/i;

/** Environment variables of exec plugins that may contain secrets. */
const secretVariable = /key|token|secret|passw/i;

interface Named {
  readonly name: string;
  readonly text: string;
}

/** Finds what the search of the text misses: keys that are folded or quoted. */
function secretsInStructure(strings: readonly Named[]): readonly string[] {
  return strings
    .filter(({ name }) => secretName.test(name))
    .flatMap(({ text }) => [text.trim(), ...keyLines(decode(text))]);
}

/**
 * Every string with the name of its field, or of its environment variable. Visits each object once,
 * even if many aliases refer to it.
 */
function* stringsUnder(root: Mapping | undefined): Generator<Named> {
  const seen = new Set<unknown>();
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (!(value instanceof Map)) {
      if (Array.isArray(value))
        for (const entry of value) typeof entry === 'string' ? yield { name: '', text: entry } : open.push(entry);
      continue;
    }
    const variable: unknown = value.get('name');
    for (const [key, held] of value) {
      const isVariable = key === 'value' && typeof variable === 'string' && secretVariable.test(variable);
      if (typeof held === 'string') yield { name: isVariable ? 'secret' : key, text: held };
      else open.push(held);
    }
  }
}

function rootOf(text: string): Mapping | undefined {
  const document = parseDocument(text, 'secrets');
  return document.ok ? document.value : undefined;
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

/** The lines of private keys without headers and footers; a truncated key extends to the end of the text. */
function keyLines(text: string): readonly string[] {
  const bodies = [...text.matchAll(/PRIVATE KEY(?: BLOCK)?-----(.*?)(?:-----END|$)/gs)].map(([, body = '']) => body);
  return firstOf(bodies.flatMap((body) => body.split(/\s+/, mostMatches))).filter((line) =>
    /^[A-Za-z0-9+/=]{4,}$/.test(line),
  );
}
