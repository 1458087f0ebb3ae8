/** The few forms of OpenPGP (RFC 9580) that a service account of Omni needs: version 4, EdDSA on Ed25519. */

/** A packet (RFC 9580, 4.2). */
export interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

export const tags = { signature: 2, secretKey: 5, publicKey: 6, userId: 13 } as const;

/** The object id of Ed25519 as a key of algorithm 22 has it (9.2). */
export const ed25519Curve = Buffer.from('2b06010401da470f01', 'hex');
export const eddsa = 22;

export class MalformedError extends Error {}

/**
 * Reads numbers and byte strings one after the other.
 * Every function throws {MalformedError} where the bytes end too early.
 */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  number(bytes: number): number {
    return this.bytes(bytes).readUIntBE(0, bytes);
  }

  bytes(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new MalformedError('the bytes end within a value');
    const read = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return read;
  }

  /** A multiprecision integer (3.2): its length is in bits. */
  mpi(): Buffer {
    return this.bytes(Math.ceil(this.number(2) / 8));
  }

  /** A length of one, two or five bytes (4.2.1, 5.2.3.7). `last` is the greatest first byte of a length of two. */
  length(last: number): number {
    const first = this.number(1);
    if (first < 192) return first;
    if (first <= last) return ((first - 192) << 8) + this.number(1) + 192;
    if (first === 255) return this.number(4);
    throw new MalformedError('partial lengths are not supported');
  }
}

/** Packets in either format: GnuPG writes the legacy one. Throws {MalformedError}. */
export function readPackets(bytes: Uint8Array): readonly Packet[] {
  const reader = new Reader(bytes);
  const packets: Packet[] = [];
  while (!reader.done) {
    const header = reader.number(1);
    if ((header & 0x80) === 0) throw new MalformedError('no OpenPGP packet');
    const current = (header & 0x40) !== 0;
    const tag = current ? header & 0x3f : (header >> 2) & 0x0f;
    const length = current ? reader.length(223) : legacyLength(reader, header & 3);
    packets.push({ tag, body: reader.bytes(length) });
  }
  return packets;
}

function legacyLength(reader: Reader, type: number): number {
  if (type === 3) throw new MalformedError('packets without a length are not supported');
  return reader.number(2 ** type);
}

export function packet(tag: number, ...body: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(body);
  return Buffer.concat([Buffer.from([0xc0 | tag]), lengthBytes(content.length), content]);
}

export function lengthBytes(length: number): Buffer {
  if (length < 192) return Buffer.from([length]);
  return Buffer.concat([Buffer.from([255]), uint(length, 4)]);
}

export function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

export function mpi(value: Uint8Array): Buffer {
  const first = value.findIndex((byte) => byte !== 0);
  const bytes = first < 0 ? Buffer.alloc(0) : Buffer.from(value.subarray(first));
  const bits = bytes.length === 0 ? 0 : bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
  return Buffer.concat([uint(bits, 2), bytes]);
}

/** Bytes as text (6). The checksum is optional, and not written. */
export function armor(kind: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PGP ${kind}-----\n\n${lines.join('\n')}\n-----END PGP ${kind}-----\n`;
}
