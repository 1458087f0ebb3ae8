import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { armor, ed25519Curve, eddsa, mpi, packet, tags, uint } from './packet.ts';
import { hashedKey, type PublicKey, readPublicKey } from './public-key.ts';
import { signatureTypes, subpacketTypes, writeSignature } from './signature.ts';

export interface SecretKey {
  readonly publicKey: PublicKey;
  /** The unencrypted key as text. */
  readonly armored: string;
  /** A detached signature over the data, in binary form. `now` is in epoch seconds. */
  sign(data: Uint8Array, now: number): Buffer;
}

export interface SecretKeyOptions {
  /** Such as `name (comment) <mail>`. */
  readonly userId: string;
  /** Epoch seconds. */
  readonly createdAt: number;
  /** Seconds until it expires. */
  readonly lifetime: number;
}

/** A key of version 4 (RFC 9580, 5.5) with its user id, which the key itself certifies. */
export function createSecretKey({ userId, createdAt, lifetime }: SecretKeyOptions): SecretKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { x, seed } = numbersOf(privateKey);
  const body = Buffer.concat([
    Buffer.from([4]),
    uint(createdAt, 4),
    Buffer.from([eddsa, ed25519Curve.length]),
    ed25519Curve,
    mpi(Buffer.concat([Buffer.from([0x40]), x])),
  ]);
  const publicKey = readPublicKey(packet(tags.publicKey, body));
  const { fingerprint } = publicKey;
  const secret = mpi(seed);
  const name = Buffer.from(userId);
  const certification = writeSignature(privateKey, {
    type: signatureTypes.positiveCertification,
    data: Buffer.concat([hashedKey(body), Buffer.from([0xb4]), uint(name.length, 4), name]),
    fingerprint,
    createdAt,
    hashed: [
      { type: subpacketTypes.keyExpires, content: uint(lifetime, 4) },
      { type: subpacketTypes.primaryUserId, content: Buffer.from([1]) },
      // to certify and to sign
      { type: subpacketTypes.keyFlags, content: Buffer.from([3]) },
    ],
  });
  const unencrypted = Buffer.from([0]);
  const key = packet(tags.secretKey, body, unencrypted, secret, checksum(secret));
  return {
    publicKey,
    armored: armor('PRIVATE KEY BLOCK', Buffer.concat([key, packet(tags.userId, name), certification])),
    sign: (data, now) => writeSignature(privateKey, { type: signatureTypes.binary, data, fingerprint, createdAt: now }),
  };
}

function numbersOf(privateKey: KeyObject): { readonly x: Buffer; readonly seed: Buffer } {
  const { x = '', d = '' } = privateKey.export({ format: 'jwk' });
  return { x: Buffer.from(x, 'base64url'), seed: Buffer.from(d, 'base64url') };
}

function checksum(bytes: Uint8Array): Buffer {
  return uint(bytes.reduce((sum, byte) => sum + byte, 0) & 0xffff, 2);
}
