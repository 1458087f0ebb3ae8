import { createHash, sign } from 'node:crypto';
import type { SigningKey } from './key.ts';

/** Version 4, a signature of binary data, EdDSA, SHA-512. */
const header = Buffer.from([4, 0, 22, 10]);

/**
 * A detached OpenPGP signature, without armor. Ed25519 is deterministic: the same data at the same
 * second give the same bytes.
 *
 * @param at epoch milliseconds
 */
export function signDetached({ privateKey, fingerprint }: SigningKey, data: Uint8Array, at: number): Buffer {
  const createdAt = Buffer.alloc(4);
  createdAt.writeUInt32BE(Math.floor(at / 1000));
  const hashed = Buffer.concat([
    header,
    area(subpacket(2, createdAt), subpacket(33, Buffer.concat([Buffer.from([4]), fingerprint]))),
  ]);
  const trailer = Buffer.from([4, 0xff, 0, 0, 0, 0]);
  trailer.writeUInt32BE(hashed.length, 2);
  const digest = createHash('sha512').update(data).update(hashed).update(trailer).digest();
  const signature = sign(null, digest, privateKey);
  const body = Buffer.concat([
    hashed,
    area(subpacket(16, fingerprint.subarray(-8))),
    digest.subarray(0, 2),
    mpi(signature.subarray(0, 32)),
    mpi(signature.subarray(32)),
  ]);
  // A packet of the new format with the tag 2; it is shorter than 192 bytes.
  return Buffer.concat([Buffer.from([0xc2, body.length]), body]);
}

function subpacket(type: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([content.length + 1, type]), content]);
}

function area(...subpackets: readonly Buffer[]): Buffer {
  const content = Buffer.concat(subpackets);
  return Buffer.concat([Buffer.from([0, content.length]), content]);
}

/** A number with its length in bits, without leading zeros. */
function mpi(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const number = first === -1 ? Buffer.alloc(0) : bytes.subarray(first);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(number.length === 0 ? 0 : 8 * number.length - Math.clz32(number[0] ?? 0) + 24);
  return Buffer.concat([length, number]);
}
