import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type Complaint, type Parsed, refuse } from '../values/problem.ts';
import { ok } from '../values/result.ts';
import type { Mapping } from '../values/yaml.ts';

/** How the caller proves who it is. Chosen once, when the inputs are read. */
export type Credentials = ClientCertificate | OmniCredentials;

/** Validated PEM; `key` is secret. */
export interface ClientCertificate {
  readonly kind: 'certificate';
  readonly ca: string;
  readonly crt: string;
  /** With the header `PRIVATE KEY`, which Node's TLS requires. */
  readonly key: string;
  /** Credentials that are given too, and not used: `service account key`. */
  readonly unused?: string;
}

/** Sidero Omni is in front of the cluster: it knows the caller by a signature on each call. */
interface OmniCredentials {
  readonly kind: 'service-account';
  readonly account: ServiceAccount;
  /** The name of the cluster in Omni. */
  readonly cluster: string;
  /** PEM of an authority besides those of the system. */
  readonly ca?: string;
}

/** A service account of Omni. Its key is not a property, so that nothing can print it. */
export interface ServiceAccount {
  readonly name: string;
  /** Of the key, epoch milliseconds. */
  readonly createdAt: number;
  /** Of the key, epoch milliseconds; absent if it does not expire. */
  readonly expiresAt?: number;
  /**
   * The headers that authenticate one call, those that the signature covers included.
   *
   * @param method with both slashes, such as `/machine.MachineService/Version`
   * @param now epoch milliseconds
   */
  headers(method: string, covered: SignedHeaders, now: number): Readonly<Record<string, string>>;
}

/** Headers of a call that the signature covers. The node that is called is none of them. */
export type SignedHeaders = Readonly<Partial<Record<'runtime' | 'context', string>>>;

/**
 * `ca`, `crt` and `key` of a context, each base64-encoded PEM. Expired
 * certificates are accepted: a check reports them by the clock of the endpoint.
 */
export function parseCertificate(context: Mapping): {
  readonly value?: ClientCertificate;
  readonly complaints: Complaint[];
} {
  const ca = parsePem('ca', context.get('ca'), readCertificates);
  const crt = parsePem('crt', context.get('crt'), readCertificates);
  const key = parsePem('key', context.get('key'), readKey);
  const complaints = [ca, crt, key].flatMap((parsed) => (parsed.ok ? [] : [parsed.error]));
  if (!ca.ok || !crt.ok || !key.ok) return { complaints };
  if (!crt.value.read.checkPrivateKey(key.value.read)) {
    const hint = 'copy both from the same talosconfig';
    return {
      complaints: [{ expected: 'crt and key to belong together', got: 'the key of another certificate', hint }],
    };
  }
  return { value: { kind: 'certificate', ca: ca.value.pem, crt: crt.value.pem, key: key.value.pem }, complaints };
}

interface Pem<T> {
  readonly pem: string;
  readonly read: T;
}

/**
 * The authority of a server besides those of the system, as it is in a talosconfig or in an input:
 * PEM, with or without base64 around it.
 */
export function parseAuthority(text: string): Parsed<string> {
  const pem = text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64').toString('utf8');
  const parsed = parsePem('ca', Buffer.from(pem).toString('base64'), readCertificates);
  return parsed.ok ? ok(parsed.value.pem) : parsed;
}

const cutOff = 'copy the whole talosconfig again: it seems to be cut off or changed';

function parsePem<T>(field: 'ca' | 'crt' | 'key', value: unknown, read: (pem: string) => T): Parsed<Pem<T>> {
  const kind = field === 'key' ? 'private key' : 'certificate';
  const expected = `${field} to be base64 of a PEM ${kind}`;
  if (value === undefined || value === null || value === '') return refuse(expected, `no ${field}`);
  if (typeof value !== 'string') return refuse(expected, 'not a string');
  if (value.includes('-----BEGIN')) return refuse(expected, 'PEM without base64 around it', 'encode it: base64 -w0');
  const base64 = value.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return refuse(expected, 'characters that are not base64', cutOff);
  const pem = withPkcs8Header(Buffer.from(base64, 'base64').toString('utf8'));
  const what = describePem(pem);
  if (what !== `a ${kind}`) return refuse(expected, what, what === 'PEM without its end' ? cutOff : undefined);
  // Checked after the content: truncated PEM is the more precise message.
  if (base64.length % 4 !== 0) return refuse(expected, 'base64 without its end', cutOff);
  try {
    return ok({ pem, read: read(pem) });
  } catch {
    // The message of OpenSSL adds nothing, and differs between Node versions.
    return refuse(expected, `a ${kind} that cannot be read`, cutOff);
  }
}

/**
 * Talos writes Ed25519 keys as PKCS#8 with the header `ED25519 PRIVATE KEY`,
 * which Node rejects.
 */
function withPkcs8Header(pem: string): string {
  return pem.replace(/-----(BEGIN|END) ED25519 PRIVATE KEY-----/g, '-----$1 PRIVATE KEY-----');
}

/** Describes the first block of PEM. */
function describePem(pem: string): string {
  const label = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem)?.[1];
  if (label === undefined) return 'base64 of something that is not PEM';
  if (!pem.includes(`-----END ${label}-----`)) return 'PEM without its end';
  if (label === 'CERTIFICATE') return 'a certificate';
  if (label === 'ENCRYPTED PRIVATE KEY' || pem.includes('Proc-Type: 4,ENCRYPTED')) return 'an encrypted private key';
  return label.endsWith('PRIVATE KEY') ? 'a private key' : 'PEM of another kind';
}

/** The first certificate of a bundle, such as that of a CA rotation. Throws if any of them is invalid. */
function readCertificates(pem: string): X509Certificate {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const [first = new X509Certificate(pem)] = blocks.map((block) => new X509Certificate(block));
  return first;
}

function readKey(pem: string): KeyObject {
  return createPrivateKey(pem);
}
