import { type DescField, type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** An answer that would take more memory and time than it is worth. The message says what was allowed. */
export class TooMuch extends Error {}

/** Fields of one answer, however deep: more than any Talos API sends, and few enough to decode in a tenth of a second. */
const mostFields = 200_000;

/** A message this short, in bytes, cannot hold so many that counting them is worth the time. */
const short = 256 * 1024;

/**
 * Decodes a message. Empty messages cost two bytes on the wire and a hundred
 * times as much in memory, so a long answer is counted first; fields that are
 * not known are not kept, for the same reason.
 *
 * @throws {TooMuch} where there are too many fields; any other error where the bytes are no such message
 */
export function decodeMessage<S extends DescMessage>(schema: S, bytes: Uint8Array): MessageShape<S> {
  if (bytes.length > short) {
    countFields(new BinaryReader(bytes), bytes.length, layoutOf(schema), mostFields);
  }
  return fromBinary(schema, bytes, { readUnknownFields: false });
}

/** Counts the fields up to this position, and returns how many more there may be. */
function countFields(reader: BinaryReader, end: number, layout: Layout, most: number): number {
  let left = most;
  while (reader.pos < end) {
    left -= 1;
    if (left < 0) {
      throw new TooMuch(`the answer has more than ${mostFields} fields`);
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

/** The fields of a message that hold messages. */
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
  // An entry of a map has its value as field 2.
  const ofEntry = new Map([[2, ofMessage]]);
  return [[number, fieldKind === 'map' ? () => ofEntry : ofMessage]];
}
