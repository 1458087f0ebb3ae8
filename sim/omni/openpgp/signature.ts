import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { eddsa, lengthBytes, MalformedError, mpi, packet, Reader, readPackets, tags, uint } from './packet.ts';
import type { PublicKey } from './public-key.ts';

/** Hash algorithms that may be used with Ed25519 (RFC 9580, 5.2.3.3 and 9.5). */
const hashes: Readonly<Record<number, string>> = { 8: 'sha256', 9: 'sha384', 10: 'sha512' };
const sha512 = 10;

export const signatureTypes = { binary: 0x00, positiveCertification: 0x13 } as const;

/** Types of subpackets (5.2.3.7). */
export const subpacketTypes = {
  created: 2,
  expires: 3,
  keyExpires: 9,
  issuer: 16,
  primaryUserId: 25,
  keyFlags: 27,
  features: 30,
  issuerFingerprint: 33,
} as const;

/** Those that `verifySignature` takes into account, or that do not restrict a signature over data. */
const understood: ReadonlySet<number> = new Set(Object.values(subpacketTypes));

interface Subpacket {
  readonly type: number;
  readonly content: Uint8Array;
}

/**
 * Whether the detached signature over the data is the key's (RFC 9580, 5.2).
 *
 * @param signature in binary form
 * @param now epoch seconds
 * @returns what is wrong with it, or nothing if it is valid
 */
export function verifySignature(
  key: PublicKey,
  data: Uint8Array,
  signature: Uint8Array,
  now: number,
): string | undefined {
  try {
    const packets = readPackets(signature);
    const [first] = packets;
    if (packets.length !== 1 || first?.tag !== tags.signature) return 'not one signature';
    return verifyBody(key, data, first.body, now);
  } catch (error) {
    if (error instanceof MalformedError) return error.message;
    throw error;
  }
}

function verifyBody(key: PublicKey, data: Uint8Array, body: Buffer, now: number): string | undefined {
  const reader = new Reader(body);
  const version = reader.number(1);
  const type = reader.number(1);
  const algorithm = reader.number(1);
  const hash = hashes[reader.number(1)];
  if (version !== 4) return 'not version 4';
  if (type !== signatureTypes.binary) return 'not a signature of binary data';
  if (algorithm !== eddsa) return 'not EdDSA';
  if (hash === undefined) return 'an unsuitable hash algorithm';
  const hashedLength = reader.number(2);
  const hashed = readSubpackets(reader.bytes(hashedLength));
  const unhashed = readSubpackets(reader.bytes(reader.number(2)));
  const left = reader.bytes(2);
  const rs = Buffer.concat([padded(reader.mpi()), padded(reader.mpi())]);
  if (!reader.done) return 'more bytes than a signature has';

  const digest = createHash(hash)
    .update(data)
    .update(trailed(body.subarray(0, 6 + hashedLength)))
    .digest();
  if (!digest.subarray(0, 2).equals(left)) return 'another hash';
  if (!verify(null, digest, key.key, rs)) return 'not of this key';
  return refusal(key, hashed, unhashed, now);
}

function refusal(
  key: PublicKey,
  hashed: readonly (Subpacket & { critical: boolean })[],
  unhashed: readonly Subpacket[],
  now: number,
): string | undefined {
  if (hashed.some(({ type, critical }) => critical && !understood.has(type))) return 'an unknown critical subpacket';
  const created = seconds(hashed, subpacketTypes.created);
  if (created === undefined) return 'no creation time';
  if (created < key.createdAt) return 'older than its key';
  if (created > now) return 'from the future';
  const lifetime = seconds(hashed, subpacketTypes.expires) ?? 0;
  if (lifetime !== 0 && created + lifetime <= now) return 'expired';
  const all = [...hashed, ...unhashed];
  const issuers = all.filter(({ type }) => type === subpacketTypes.issuer);
  const fingerprints = all.filter(({ type }) => type === subpacketTypes.issuerFingerprint);
  const own =
    issuers.every(({ content }) => key.fingerprint.subarray(12).equals(content)) &&
    fingerprints.every(({ content }) => Buffer.concat([Buffer.from([4]), key.fingerprint]).equals(content));
  return own ? undefined : 'of another issuer';
}

function seconds(subpackets: readonly Subpacket[], wanted: number): number | undefined {
  const found = subpackets.find(({ type }) => type === wanted);
  return found && new Reader(found.content).number(4);
}

function readSubpackets(bytes: Buffer): readonly (Subpacket & { critical: boolean })[] {
  const reader = new Reader(bytes);
  const subpackets: (Subpacket & { critical: boolean })[] = [];
  while (!reader.done) {
    const length = reader.length(254);
    if (length === 0) throw new MalformedError('an empty subpacket');
    const type = reader.number(1);
    subpackets.push({ type: type & 0x7f, critical: type >= 0x80, content: reader.bytes(length - 1) });
  }
  return subpackets;
}

/** What a signature of version 4 hashes after the data (5.2.4): its own part, and how long that is. */
function trailed(part: Uint8Array): Buffer {
  return Buffer.concat([part, Buffer.from([4, 0xff]), uint(part.length, 4)]);
}

/** A number of up to 32 bytes as Ed25519 has it. */
function padded(number: Buffer): Buffer {
  if (number.length > 32) throw new MalformedError('a number of more than 32 bytes');
  return Buffer.concat([Buffer.alloc(32 - number.length), number]);
}

export interface SignatureParts {
  readonly type: number;
  /** What is signed, as it is hashed. */
  readonly data: Uint8Array;
  readonly fingerprint: Buffer;
  /** Epoch seconds. */
  readonly createdAt: number;
  /** Further subpackets. */
  readonly hashed?: readonly Subpacket[];
}

/** A signature packet of version 4. */
export function writeSignature(
  key: KeyObject,
  { type, data, fingerprint, createdAt, hashed = [] }: SignatureParts,
): Buffer {
  const subpackets = writeSubpackets([
    { type: subpacketTypes.created, content: uint(createdAt, 4) },
    { type: subpacketTypes.issuerFingerprint, content: Buffer.concat([Buffer.from([4]), fingerprint]) },
    ...hashed,
  ]);
  const part = Buffer.concat([Buffer.from([4, type, eddsa, sha512]), uint(subpackets.length, 2), subpackets]);
  const digest = createHash('sha512').update(data).update(trailed(part)).digest();
  const rs = sign(null, digest, key);
  const unhashed = writeSubpackets([{ type: subpacketTypes.issuer, content: fingerprint.subarray(12) }]);
  return packet(
    tags.signature,
    part,
    uint(unhashed.length, 2),
    unhashed,
    digest.subarray(0, 2),
    mpi(rs.subarray(0, 32)),
    mpi(rs.subarray(32)),
  );
}

function writeSubpackets(subpackets: readonly Subpacket[]): Buffer {
  return Buffer.concat(
    subpackets.flatMap(({ type, content }) => [lengthBytes(content.length + 1), Buffer.from([type]), content]),
  );
}
