import { type Parsed, refuse } from '../../values/problem.ts';
import { ok } from '../../values/result.ts';
import type { ServiceAccount, SignedHeaders } from '../credentials.ts';
import { readSigningKey, type SigningKey } from './key.ts';
import { KeyError } from './packets.ts';
import { signDetached } from './sign.ts';

/** Loaded only where a service account of Sidero Omni is used. */

const expected = 'a service account key of Sidero Omni: base64 of JSON with a name and a pgp_key';
const again = 'copy the value again that omnictl serviceaccount create printed as OMNI_SERVICE_ACCOUNT_KEY';

/** Reads a service account key. No complaint quotes it. */
export function parseServiceAccount(text: string): Parsed<ServiceAccount> {
  const base64 = text.replace(/\s/g, '');
  if (/^(OMNI|SIDERO)_\w+=/.test(base64)) {
    return refuse(expected, 'a line with the name of the variable', 'leave out the name and the equals sign');
  }
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return refuse(expected, 'characters that are not base64', again);
  const document = parseJson(Buffer.from(base64, 'base64').toString('utf8'));
  if (document === undefined) return refuse(expected, 'base64 of something that is not whole JSON', again);
  const { name, pgp_key: armored } = document;
  if (typeof name !== 'string' || typeof armored !== 'string') {
    return refuse(expected, 'JSON without a name and a pgp_key', again);
  }
  // The name is a part of a header, between blanks.
  if (!/^[\x21-\x7e]+$/.test(name)) return refuse(expected, 'a name that is empty, or has blanks', again);
  try {
    return ok(openAccount(name, readSigningKey(armored)));
  } catch (error) {
    return refuse(expected, error instanceof KeyError ? error.message : 'an OpenPGP key that is damaged', again);
  }
}

function parseJson(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null ? { ...document } : undefined;
  } catch {
    return undefined;
  }
}

function openAccount(name: string, key: SigningKey): ServiceAccount {
  const fingerprint = key.fingerprint.toString('hex');
  const latest = new Map<string, { readonly second: number; readonly headers: Readonly<Record<string, string>> }>();

  function sign(method: string, covered: SignedHeaders, second: number): Readonly<Record<string, string>> {
    const timestamp = `${second}`;
    const all = Object.entries({ 'x-sidero-timestamp': timestamp, ...covered });
    const payload = JSON.stringify({ headers: Object.fromEntries(all.map(([key, value]) => [key, [value]])), method });
    const signature = signDetached(key, Buffer.from(payload), 1000 * second).toString('base64');
    return {
      ...covered,
      'x-sidero-timestamp': timestamp,
      'x-sidero-payload': payload,
      'x-sidero-signature': `siderov1 ${name} ${fingerprint} ${signature}`,
    };
  }

  return {
    name,
    createdAt: key.createdAt,
    ...(key.expiresAt !== undefined && { expiresAt: key.expiresAt }),
    headers(method, covered, now) {
      const second = Math.floor(now / 1000);
      const id = JSON.stringify([method, covered]);
      const known = latest.get(id);
      // The signature of the same call in the same second is the same: a round has a dozen, and not a thousand.
      if (known?.second === second) return known.headers;
      const headers = sign(method, covered, second);
      latest.set(id, { second, headers });
      return headers;
    },
  };
}
