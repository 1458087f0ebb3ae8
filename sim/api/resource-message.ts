import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { StoredResource } from '../cosi/store.ts';
import type { ResourceSchema } from '../gen/cosi/resource/resource_pb.ts';
import type { NodeState } from '../model/node-state.ts';

export type ResourceMessage = MessageInitShape<typeof ResourceSchema>;

/** A resource as it travels; some Talos versions leave out the protobuf of some types. */
export function resourceMessage(node: NodeState, stored: StoredResource): ResourceMessage {
  const { type, namespace, owner } = stored.resource;
  const yamlOnly = node.yamlOnlyTypes.includes(type);
  return {
    metadata: {
      namespace,
      type,
      id: stored.id,
      version: String(stored.version),
      owner,
      phase: 'running',
      created: timestampFromMs(stored.created),
      updated: timestampFromMs(stored.updated),
    },
    spec: { protoSpec: yamlOnly ? new Uint8Array() : stored.proto, yamlSpec: stored.yaml() },
  };
}

/** What stands in the place of a resource that is not there. Times are epoch milliseconds. */
export function tombstone(type: string, namespace: string, id: string, now: number): ResourceMessage {
  const at = timestampFromMs(now);
  return {
    metadata: { namespace, type, id, version: 'undefined', phase: 'running', created: at, updated: at },
    spec: { yamlSpec: '' },
  };
}
