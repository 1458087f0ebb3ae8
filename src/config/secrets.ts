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
 * The secrets in the text of a talosconfig, or in base64 of it: of every
 * context the key as it stands there, each line of the decoded key but
 * its PEM header and footer, and passwords. It looks at the text too, not only at its
 * structure, because a mangled talosconfig holds the same secrets. Never throws.
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
  const passwords = [...text.matchAll(/password["']?\s*:\s*["']?([^\r\n"',}]+)/gi)].map(([, password = '']) =>
    password.trim(),
  );
  const proxies = [...text.matchAll(/:\/\/[^\s:/@]*:([^\s/@]+)@/g)].map(([, password = '']) => password);
  return [...runs.flatMap((run) => [run, ...keyLines(decode(run))]), ...keyLines(text), ...passwords, ...proxies];
}

/** Finds what the text does not show: keys folded over several lines, quoted in odd ways. */
function secretsInStructure(text: string): readonly string[] {
  const root = parsed(text);
  const contexts = asMapping(root?.get('contexts'));
  return [...(contexts?.values() ?? [])].flatMap((value) => {
    const context = asMapping(value);
    const key = context?.get('key');
    const password = asMapping(asMapping(context?.get('auth'))?.get('basic'))?.get('password');
    return [
      ...(typeof key === 'string' ? [key.trim(), ...keyLines(decode(key))] : []),
      ...(typeof password === 'string' ? [password] : []),
    ];
  });
}

function parsed(text: string) {
  try {
    const document = parseDocument(text);
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
