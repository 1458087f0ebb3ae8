import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { ByteReader, hashedSubpackets, KeyError, packetTag, readPackets, unarmor } from './packets.ts';

/** An unencrypted OpenPGP key that signs with Ed25519. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  /** 20 bytes. */
  readonly fingerprint: Buffer;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Epoch milliseconds; absent if the key does not expire. */
  readonly expiresAt?: number;
}

/** EdDSA with the curve Ed25519, and the object identifier of the curve. */
const eddsa = { algorithm: 22, curve: Buffer.from('2b06010401da470f01', 'hex') };

/** What precedes the 32 bytes of a private key in PKCS#8. */
const pkcs8Header = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Reads the primary key of an armored OpenPGP private key. @throws {KeyError} */
export function readSigningKey(armored: string): SigningKey {
  const packets = readPackets(unarmor(armored));
  const secret = packets.find(({ tag }) => tag === packetTag.secretKey);
  if (secret === undefined) throw new KeyError('an OpenPGP block without a private key');
  const key = readSecretKey(secret.body);
  const subkey = packets.findIndex(({ tag }) => tag === packetTag.secretSubkey);
  const own = packets.slice(0, subkey === -1 ? undefined : subkey).filter(({ tag }) => tag === packetTag.signature);
  const expiresAt = expiryOf(
    own.map(({ body }) => body),
    key.createdAt,
  );
  return { ...key, ...(expiresAt !== undefined && { expiresAt }) };
}

function readSecretKey(body: Buffer): SigningKey {
  const reader = new ByteReader(body);
  const version = reader.byte();
  if (version !== 4) throw new KeyError(`an OpenPGP key of version ${version}`);
  const createdAt = reader.uint(4) * 1000;
  const algorithm = reader.byte();
  if (algorithm !== eddsa.algorithm || !reader.bytes(reader.byte()).equals(eddsa.curve)) {
    throw new KeyError('an OpenPGP key of another kind');
  }
  // The byte 0x40 precedes the point.
  const point = reader.mpi().subarray(1);
  const publicPart = body.subarray(0, reader.position);
  if (reader.byte() !== 0) throw new KeyError('an OpenPGP key with a passphrase');
  const seed = Buffer.concat([Buffer.alloc(32), reader.mpi()]).subarray(-32);
  const privateKey = createPrivateKey({ key: Buffer.concat([pkcs8Header, seed]), format: 'der', type: 'pkcs8' });
  const derived = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  if (!derived.equals(point)) throw new KeyError('an OpenPGP key that is damaged');
  return { privateKey, fingerprint: fingerprintOf(publicPart), createdAt };
}

function fingerprintOf(publicPart: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(publicPart.length);
  return createHash('sha1')
    .update(Buffer.from([0x99]))
    .update(length)
    .update(publicPart)
    .digest();
}

/** Types of signatures by which a key certifies itself. */
const certifications: ReadonlySet<number> = new Set([0x10, 0x11, 0x12, 0x13, 0x1f]);

/** Types of subpackets. */
const subpacket = { createdAt: 2, signatureLifetime: 3, keyLifetime: 9 };

/** When the key or its newest self-signature expires, whichever is first. */
function expiryOf(signatures: readonly Buffer[], keyCreatedAt: number): number | undefined {
  const own = signatures
    .filter((body) => body[0] === 4 && certifications.has(body[1] ?? 0))
    .map((body) => {
      const found = hashedSubpackets(body);
      const seconds = (type: number): number => {
        const content = found.get(type);
        return content === undefined ? 0 : new ByteReader(content).uint(4);
      };
      return {
        createdAt: seconds(subpacket.createdAt) * 1000,
        signatureLifetime: seconds(subpacket.signatureLifetime) * 1000,
        keyLifetime: seconds(subpacket.keyLifetime) * 1000,
      };
    });
  const newest = own.toSorted((a, b) => b.createdAt - a.createdAt)[0];
  const ends = [
    newest !== undefined && newest.keyLifetime > 0 ? keyCreatedAt + newest.keyLifetime : Number.POSITIVE_INFINITY,
    newest !== undefined && newest.signatureLifetime > 0
      ? newest.createdAt + newest.signatureLifetime
      : Number.POSITIVE_INFINITY,
  ];
  const first = Math.min(...ends);
  return Number.isFinite(first) ? first : undefined;
}
