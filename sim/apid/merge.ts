import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { MetadataSchema } from '../gen/common/common_pb.ts';
import type { StatusError } from '../status.ts';

/**
 * How apid puts the name of a node into answers of which it knows nothing: in
 * every message of the API field 1 is the metadata, and in every unary answer
 * field 1 is the list of messages. Two answers one after the other are one
 * answer with both messages.
 */
export function withHostname(answer: Uint8Array, hostname: string, streaming: boolean): Uint8Array {
  const metadata = asField(toBinary(MetadataSchema, create(MetadataSchema, { hostname })));
  if (streaming) return Buffer.concat([answer, metadata]);
  return asField(Buffer.concat([onlyMessage(answer), metadata]));
}

/** A failure in the place of the node's answer. */
export function errorAnswer(error: StatusError, hostname: string, streaming: boolean): Uint8Array {
  const status = { code: error.number, message: error.message };
  const metadata = asField(toBinary(MetadataSchema, create(MetadataSchema, { hostname, error: error.text, status })));
  return streaming ? metadata : asField(metadata);
}

function asField(bytes: Uint8Array): Uint8Array {
  return new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(bytes).finish();
}

function onlyMessage(answer: Uint8Array): Uint8Array {
  const reader = new BinaryReader(answer);
  reader.tag();
  return reader.bytes();
}
