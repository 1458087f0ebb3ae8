/** Reads OpenPGP (RFC 4880, RFC 9580), as far as an unencrypted Ed25519 key of version 4 needs it. */

/** One packet. `body` is a view of the key's bytes. */
export interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

export const packetTag = { signature: 2, secretKey: 5, secretSubkey: 7 } as const;

/** The key is not what it has to be. The message says what it is, and quotes nothing of it. */
export class KeyError extends Error {}

const truncated = 'an OpenPGP key without its end';

/** Decodes ASCII armor. @throws {KeyError} */
export function unarmor(text: string): Buffer {
  const [, label, content] = /-----BEGIN PGP ([A-Z ]+)-----\r?\n(.*)$/s.exec(text) ?? [];
  if (label === undefined || content === undefined) throw new KeyError('no OpenPGP key');
  if (label !== 'PRIVATE KEY BLOCK') throw new KeyError(`an OpenPGP ${label.toLowerCase()}`);
  const end = content.indexOf('-----END PGP PRIVATE KEY BLOCK-----');
  if (end === -1) throw new KeyError(truncated);
  // Header lines such as `Comment: x` end with a blank line; the checksum begins with `=`.
  const lines = content.slice(0, end).split(/\r?\n/);
  const blank = lines.findIndex((line) => line.trim() === '');
  return Buffer.from(
    lines
      .slice(blank + 1)
      .filter((line) => !line.startsWith('='))
      .join(''),
    'base64',
  );
}

/** @throws {KeyError} */
export function readPackets(bytes: Buffer): readonly Packet[] {
  const reader = new ByteReader(bytes);
  const packets: Packet[] = [];
  while (reader.left > 0) {
    const header = reader.byte();
    if ((header & 0x80) === 0) throw new KeyError('an OpenPGP key that is damaged');
    const isNewFormat = (header & 0x40) !== 0;
    const tag = isNewFormat ? header & 0x3f : (header >> 2) & 0x0f;
    packets.push({ tag, body: reader.bytes(isNewFormat ? newLength(reader) : oldLength(reader, header & 3)) });
  }
  return packets;
}

/** A length of one, two or five bytes, as packets of the new format and subpackets have it. */
function newLength(reader: ByteReader): number {
  const first = reader.byte();
  if (first < 192) return first;
  if (first < 224) return ((first - 192) << 8) + reader.byte() + 192;
  if (first === 255) return reader.uint(4);
  throw new KeyError('an OpenPGP key of which a packet has no fixed length');
}

function oldLength(reader: ByteReader, type: number): number {
  return type === 3 ? reader.left : reader.uint(2 ** type);
}

/** The hashed subpackets of a signature of version 4, by their type. @throws {KeyError} */
export function hashedSubpackets(signature: Buffer): ReadonlyMap<number, Buffer> {
  const reader = new ByteReader(signature.subarray(4));
  const area = new ByteReader(reader.bytes(reader.uint(2)));
  const found = new Map<number, Buffer>();
  while (area.left > 0) {
    const content = area.bytes(newLength(area));
    // The highest bit only says whether the subpacket may be ignored.
    found.set((content[0] ?? 0) & 0x7f, content.subarray(1));
  }
  return found;
}

/** Reads bytes in order. Every method throws {KeyError} at the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  get position(): number {
    return this.#at;
  }

  bytes(length: number): Buffer {
    if (length > this.left) throw new KeyError(truncated);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  byte(): number {
    return this.uint(1);
  }

  uint(length: number): number {
    return this.bytes(length).readUIntBE(0, length);
  }

  /** A number of any length: its length in bits, and its bytes without leading zeros. */
  mpi(): Buffer {
    return this.bytes(Math.ceil(this.uint(2) / 8));
  }
}
