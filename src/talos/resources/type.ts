import { type DescMessage, fromJson, type JsonObject, type JsonValue, type MessageShape } from '@bufbuild/protobuf';
import { load } from 'js-yaml';
import type { Resource } from '../../gen/cosi/resource/resource_pb.ts';
import { decodeMessage } from '../grpc/decode.ts';
import { isJsonObject } from './pod.ts';

/** The namespace, type and decoder of a resource. `decode` throws if the resource is malformed. */
export interface ResourceType<T> {
  readonly namespace: string;
  readonly type: string;
  decode(resource: Resource): T;
}

/**
 * Talos sends each spec as protobuf and as YAML, and some versions only as YAML.
 * The keys of the YAML are the JSON names of the protobuf fields, except for a few,
 * which `fromYaml` converts.
 */
export function resourceType<S extends DescMessage, T>(
  namespace: string,
  type: string,
  schema: S,
  model: (spec: MessageShape<S>, id: string) => T,
  fromYaml: (document: JsonObject) => JsonValue = (document) => document,
): ResourceType<T> {
  return {
    namespace,
    type,
    decode(resource) {
      const { protoSpec = noBytes, yamlSpec = noBytes } = resource.spec ?? {};
      const spec =
        protoSpec.length > 0 || yamlSpec.length === 0
          ? decodeMessage(schema, protoSpec)
          : fromJson(schema, fromYaml(yamlObject(yamlSpec)), { ignoreUnknownFields: true });
      return model(spec, resource.metadata?.id ?? '');
    },
  };
}

const noBytes = new Uint8Array();

/** In bytes: YAML is slow to parse, and no resource of Talos is nearly as large. */
const maxYamlSize = 1024 * 1024;

function yamlObject(yaml: Uint8Array): JsonObject {
  if (yaml.length > maxYamlSize) {
    throw new Error('the YAML of the resource is longer than 1 MiB');
  }
  const document: unknown = load(Buffer.from(yaml).toString());
  if (!isJsonObject(document)) {
    throw new Error('the YAML of the resource is not a map');
  }
  return document;
}

/** The enum name of a word in YAML: `SHUTTING_DOWN` for `shutting down`. An unknown word fails to parse later. */
export const enumName = (word: JsonValue | undefined, prefix = ''): JsonValue =>
  typeof word === 'string' ? `${prefix}${word.toUpperCase().replaceAll(' ', '_')}` : (word ?? 0);
