import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { dump } from 'js-yaml';
import type { ResourceType } from './types.ts';

/** What a resource says, apart from its version and times. */
export interface ResourceContent {
  readonly resource: ResourceType;
  readonly id: string;
  /** Empty where the type travels as YAML alone. */
  readonly proto: Uint8Array;
  /** The same as YAML, in Talos's layout; written when somebody asks, since that is slow. */
  yaml(): string;
}

/** A resource whose specification travels twice: as protobuf and as YAML. */
export function content<Schema extends DescMessage>(
  resource: ResourceType,
  id: string,
  schema: Schema,
  message: MessageInitShape<Schema>,
  yaml: unknown,
): ResourceContent {
  return { resource, id, proto: toBinary(schema, create(schema, message)), yaml: onDemand(yaml) };
}

/** A resource that the gate never decodes: enough for `talosctl get`. */
export function yamlContent(resource: ResourceType, id: string, yaml: unknown): ResourceContent {
  return { resource, id, proto: new Uint8Array(), yaml: onDemand(yaml) };
}

export function hasSameContent(a: ResourceContent, b: ResourceContent): boolean {
  if (a === b) return true;
  if (a.proto.length === 0 && b.proto.length === 0) return a.yaml() === b.yaml();
  return Buffer.compare(a.proto, b.proto) === 0;
}

function onDemand(value: unknown): () => string {
  let text: string | undefined;
  return () => {
    text ??= dump(value, { indent: 4, lineWidth: -1 });
    return text;
  };
}
