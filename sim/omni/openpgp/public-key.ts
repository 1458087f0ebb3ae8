import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { ed25519Curve, eddsa, MalformedError, Reader, readPackets, tags, uint } from './packet.ts';

export interface PublicKey {
  readonly key: KeyObject;
  /** 20 bytes. */
  readonly fingerprint: Buffer;
  /** Epoch seconds. */
  readonly createdAt: number;
}

/** The primary key of a certificate, in binary form. Throws {MalformedError}. */
export function readPublicKey(certificate: Uint8Array): PublicKey {
  const primary = readPackets(certificate)[0];
  if (primary?.tag !== tags.publicKey) throw new MalformedError('no public key');
  const reader = new Reader(primary.body);
  const version = reader.number(1);
  const createdAt = reader.number(4);
  const algorithm = reader.number(1);
  if (version !== 4 || algorithm !== eddsa) throw new MalformedError('no key of version 4 and EdDSA');
  if (!reader.bytes(reader.number(1)).equals(ed25519Curve)) throw new MalformedError('no key on Ed25519');
  const point = reader.mpi();
  if (point.length !== 33 || point[0] !== 0x40) throw new MalformedError('no compressed point');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: point.subarray(1).toString('base64url') };
  return {
    key: createPublicKey({ key: jwk, format: 'jwk' }),
    fingerprint: createHash('sha1').update(hashedKey(primary.body)).digest(),
    createdAt,
  };
}

/** A key as it goes into fingerprints and signatures (RFC 9580, 5.2.4). */
export function hashedKey(body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0x99]), uint(body.length, 2), body]);
}
