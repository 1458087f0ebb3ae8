import { type DescField, type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** A message has too many fields to decode. The error names the limit. */
export class TooManyFieldsError extends Error {}

/** The maximum number of fields in a message and the messages inside it. No Talos API sends as many. Decoding them takes 0.1 s. */
const maxFields = 200_000;

/** A message up to this size, in bytes, is decoded without counting its fields: it has at most 131,072. */
const smallMessage = 256 * 1024;

/**
 * Decodes a message. An empty message takes two bytes on the wire and a hundred
 * times as much in memory, so the fields of a large message are counted first, and
 * unknown fields are dropped.
 *
 * @throws {TooManyFieldsError} if the message has too many fields; another error if the bytes are not valid
 */
export function decodeMessage<S extends DescMessage>(schema: S, bytes: Uint8Array): MessageShape<S> {
  if (bytes.length > smallMessage) {
    countFields(new BinaryReader(bytes), bytes.length, layoutOf(schema), maxFields);
  }
  return fromBinary(schema, bytes, { readUnknownFields: false });
}

/** Counts the fields up to this position, and returns how many more are allowed. */
function countFields(reader: BinaryReader, end: number, layout: Layout, most: number): number {
  let left = most;
  while (reader.pos < end) {
    left -= 1;
    if (left < 0) {
      throw new TooManyFieldsError(`the answer has more than ${maxFields} fields`);
    }
    const [number, wireType] = reader.tag();
    const inner = wireType === WireType.LengthDelimited ? layout.get(number) : undefined;
    if (inner === undefined) {
      reader.skip(wireType, number);
    } else {
      const length = reader.uint32();
      left = countFields(reader, reader.pos + length, inner(), left);
    }
  }
  return left;
}

/** The fields of a message that contain messages. */
type Layout = ReadonlyMap<number, () => Layout>;

const layouts = new Map<DescMessage, Layout>();

function layoutOf(schema: DescMessage): Layout {
  const layout = layouts.get(schema) ?? new Map(schema.fields.flatMap(innerLayout));
  layouts.set(schema, layout);
  return layout;
}

function innerLayout({ number, fieldKind, message }: DescField): [number, () => Layout][] {
  if (message === undefined) {
    return [];
  }
  const ofMessage = (): Layout => layoutOf(message);
  // The value of a map entry is its field 2.
  const ofEntry = new Map([[2, ofMessage]]);
  return [[number, fieldKind === 'map' ? () => ofEntry : ofMessage]];
}
