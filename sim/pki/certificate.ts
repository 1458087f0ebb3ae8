import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { bitString, boolean, integer, objectId, octetString, sequence, set, tagged, time, utf8String } from './der.ts';

/** What stands in a certificate. Times are epoch milliseconds. */
export interface Subject {
  readonly commonName?: string;
  readonly organizations?: readonly string[];
  readonly notBefore: number;
  readonly notAfter: number;
  readonly usage: 'ca' | 'server' | 'client';
  /** Host names and IPv4 addresses. */
  readonly names?: readonly string[];
}

export interface Issuer {
  readonly name: Buffer;
  readonly key: KeyObject;
  /** Tells authorities of one name apart. */
  readonly keyId: Buffer;
}

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const ed25519 = sequence(objectId('1.3.101.112'));

export function newKeyPair(): KeyPair {
  return generateKeyPairSync('ed25519');
}

/** The distinguished name, as certificates hold it. */
export function distinguishedName({ commonName, organizations = [] }: Subject): Buffer {
  const attribute = (oid: string, text: string) => set(sequence(objectId(oid), utf8String(text)));
  return sequence(
    ...organizations.map((organization) => attribute('2.5.4.10', organization)),
    ...(commonName === undefined ? [] : [attribute('2.5.4.3', commonName)]),
  );
}

/** An X.509 certificate (RFC 5280) with Ed25519 keys (RFC 8410), as PEM. */
export function issueCertificate(subject: Subject, publicKey: KeyObject, issuer: Issuer): string {
  const body = sequence(
    tagged(0, integer(Buffer.from([2])), 'explicit'),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ed25519,
    issuer.name,
    sequence(time(subject.notBefore), time(subject.notAfter)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions(subject, issuer)), 'explicit'),
  );
  const certificate = sequence(body, ed25519, bitString(sign(null, body, issuer.key)));
  return pem('CERTIFICATE', certificate);
}

/** A private key as PEM. Talos writes PKCS#8 under a header of its own. */
export function privateKeyPem(key: KeyObject, label: 'PRIVATE KEY' | 'ED25519 PRIVATE KEY'): string {
  return pem(label, key.export({ type: 'pkcs8', format: 'der' }));
}

export function keyIdOf(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function extensions({ usage, names = [] }: Subject, { keyId }: Issuer): readonly Buffer[] {
  const extension = (oid: string, critical: boolean, value: Buffer) =>
    sequence(objectId(oid), ...(critical ? [boolean(true)] : []), octetString(value));
  const keyUsage = (bits: number, unused: number) =>
    extension('2.5.29.15', true, bitString(Buffer.from([bits]), unused));
  const purpose = { ca: [], server: ['1.3.6.1.5.5.7.3.1'], client: ['1.3.6.1.5.5.7.3.2'] }[usage];
  return [
    // certificate signing for the authority, digital signatures for the rest
    usage === 'ca' ? keyUsage(0x04, 2) : keyUsage(0x80, 7),
    extension('2.5.29.19', true, sequence(...(usage === 'ca' ? [boolean(true)] : []))),
    usage === 'ca'
      ? extension('2.5.29.14', false, octetString(keyId))
      : extension('2.5.29.35', false, sequence(tagged(0, keyId, 'implicit'))),
    ...(purpose.length === 0 ? [] : [extension('2.5.29.37', false, sequence(...purpose.map(objectId)))]),
    ...(names.length === 0 ? [] : [extension('2.5.29.17', false, sequence(...names.map(generalName)))]),
  ];
}

function generalName(name: string): Buffer {
  if (isIP(name) === 0) return tagged(2, Buffer.from(name), 'implicit');
  return tagged(7, Uint8Array.from(name.split('.'), Number), 'implicit');
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
