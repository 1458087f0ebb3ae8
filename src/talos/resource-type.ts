import { type DescMessage, fromJson, type JsonObject, type JsonValue, type MessageShape } from '@bufbuild/protobuf';
import { load } from 'js-yaml';
import type { Resource } from '../gen/cosi/resource/resource_pb.ts';
import { decodeMessage } from './decode.ts';
import { isJsonObject } from './pod.ts';

/** Where a resource lives and how it reads. `decode` throws on anything malformed. */
export interface ResourceType<T> {
  readonly namespace: string;
  readonly type: string;
  decode(resource: Resource): T;
}

/**
 * Talos carries each spec twice, as protobuf and as YAML, and some versions
 * only as YAML. The YAML's keys are the protobuf's JSON names but for a few,
 * which `fromYaml` mends.
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
      const { protoSpec = nothing, yamlSpec = nothing } = resource.spec ?? {};
      const spec =
        protoSpec.length > 0 || yamlSpec.length === 0
          ? decodeMessage(schema, protoSpec)
          : fromJson(schema, fromYaml(yamlObject(yamlSpec)), { ignoreUnknownFields: true });
      return model(spec, resource.metadata?.id ?? '');
    },
  };
}

const nothing = new Uint8Array();

/** Bytes; YAML is slow to read, and no resource of Talos comes near it. */
const longestYaml = 1024 * 1024;

function yamlObject(yaml: Uint8Array): JsonObject {
  if (yaml.length > longestYaml) {
    throw new Error('the YAML of the resource is longer than 1 MiB');
  }
  const document: unknown = load(Buffer.from(yaml).toString());
  if (!isJsonObject(document)) {
    throw new Error('the YAML of the resource is not a map');
  }
  return document;
}

/** `shutting down` is `SHUTTING_DOWN`; an unknown word stays itself, and fails to parse. */
export const enumName = (word: JsonValue | undefined, prefix = ''): JsonValue =>
  typeof word === 'string' ? `${prefix}${word.toUpperCase().replaceAll(' ', '_')}` : (word ?? 0);
