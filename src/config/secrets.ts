import { asMapping, parseDocument } from './document.ts';
import { looksLikePath, unwrapBase64 } from './text.ts';

/**
 * What must be masked before an input may be looked at: the input as it was
 * given, unless it is a path (masking `config` would blot out the log), and the
 * secrets in it. Never throws, whatever the text.
 */
export function secretsOfInput(input: string): readonly string[] {
  const given = input.trim();
  return distinct([...(looksLikePath(given) ? [] : [given]), ...secretsOf(given)]);
}

/**
 * The secrets in the text of a talosconfig or a kubeconfig, or in base64 of it: of every
 * context and user the key as it stands there, each line of the decoded key but
 * its PEM header and footer, tokens and passwords. It looks at the text too, not only at its
 * structure, because a mangled file holds the same secrets. Never throws.
 */
export function secretsOf(text: string): readonly string[] {
  const plain = unwrapBase64(text) ?? text;
  const texts = plain === text ? [text] : [text, plain];
  return distinct(texts.flatMap((one) => [...secretsInText(one), ...secretsInStructure(one)]));
}

function distinct(secrets: readonly string[]): readonly string[] {
  // The runner refuses to mask nothing, and masking a word of few characters would blot out the log.
  return [...new Set(secrets)].filter((secret) => secret.trim().length >= 4);
}

function secretsInText(text: string): readonly string[] {
  const runs = text.match(/[A-Za-z0-9+/]{40,}={0,2}/g) ?? [];
  // Looked ahead at, not taken: where line breaks were lost, the next one stands in what seems to be the first.
  const named = text.matchAll(/(?:password|token)["']?\s*:\s*(?=["']?([^\r\n"',}]+))/gi);
  const passwords = [...named].flatMap(([, rest = '']) => passwordsIn(rest.trim()));
  const proxies = [...text.matchAll(/:\/\/[^\s:/@]*:([^\s/@]+)@/g)].map(([, password = '']) => password);
  return [...runs.flatMap((run) => [run, ...keyLines(decode(run))]), ...keyLines(text), ...passwords, ...proxies];
}

/** What stands behind `password:`. Where line breaks were lost, the password is only its first word. */
function passwordsIn(rest: string): readonly string[] {
  const [first = ''] = rest.split(/\s/);
  return /^(null|true|false)$/i.test(rest) ? [] : first.length < 8 ? [rest] : [rest, first];
}

/** Names under which talosconfigs and kubeconfigs keep secrets, those of login plugins among them. */
const secretName = /^(key|client-key-data|(\w+[-_])?token|password|client-secret)$/i;

/** What the environment of a login plugin may hold. */
const secretVariable = /key|token|secret|passw/i;

/** Finds what the text does not show: keys folded over several lines, quoted in odd ways. */
function secretsInStructure(text: string): readonly string[] {
  const root = parsed(text);
  return root === undefined ? [] : [...root.values()].flatMap((value) => secretsUnder(value, deepest));
}

/** Of a user's login plugin: users, user, exec, env, variable, value. */
const deepest = 8;

function secretsUnder(value: unknown, depth: number): readonly string[] {
  if (depth === 0) return [];
  if (Array.isArray(value)) return value.flatMap((entry) => secretsUnder(entry, depth - 1));
  const mapping = asMapping(value);
  if (mapping === undefined) return [];
  const name = mapping.get('name');
  return [...mapping].flatMap(([key, held]) => {
    if (typeof held !== 'string') return secretsUnder(held, depth - 1);
    const isSecret = secretName.test(key) || (key === 'value' && typeof name === 'string' && secretVariable.test(name));
    return isSecret ? [held.trim(), ...keyLines(decode(held))] : [];
  });
}

function parsed(text: string) {
  try {
    const document = parseDocument(text, 'secrets');
    return document.ok ? document.value : undefined;
  } catch {
    return undefined;
  }
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

/** The lines of private keys in a text, without headers and footers; a key that is cut off counts up to its end. */
function keyLines(text: string): readonly string[] {
  const bodies = [...text.matchAll(/PRIVATE KEY-----(.*?)(?:-----END|$)/gs)].map(([, body = '']) => body);
  return bodies.flatMap((body) => body.split(/\s+/)).filter((line) => /^[A-Za-z0-9+/=]{4,}$/.test(line));
}
