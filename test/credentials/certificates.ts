import assert from 'node:assert/strict';
import { Authority } from '../../sim/pki/authority.ts';
import type { ClientCertificate } from '../../src/credentials/credentials.ts';
import { parseTalosconfig } from '../../src/credentials/talosconfig.ts';

/** PEM as Talos writes it: the key has the header `ED25519 PRIVATE KEY`. */
export interface Identity {
  readonly ca: string;
  readonly crt: string;
  readonly key: string;
}

export function createIdentity(validity: 'valid' | 'expired' = 'valid'): Identity {
  const authority = new Authority('talos', Date.now);
  const { certificate, privateKey } = authority.client(['os:reader'], validity);
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ca: authority.certificate, crt: certificate, key: key.replaceAll('PRIVATE KEY', 'ED25519 PRIVATE KEY') };
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** A talosconfig with one context `prod`; fields may be replaced by other YAML, or omitted with `undefined`. */
export function talosconfig(identity: Identity, fields: Readonly<Record<string, string | undefined>> = {}): string {
  const all = {
    endpoints: '[10.0.0.1, 10.0.0.2]',
    ca: base64(identity.ca),
    crt: base64(identity.crt),
    key: base64(identity.key),
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`    ${name}: ${value}`]));
  return ['context: prod', 'contexts:', '  prod:', ...lines, ''].join('\n');
}

/** The client certificate of the current context. */
export function certificateOf(text: string): ClientCertificate {
  const parsed = parseTalosconfig(text);
  assert.ok(parsed.ok && parsed.value.login.kind === 'certificate', JSON.stringify(parsed));
  return parsed.value.login;
}
