import { createHash } from 'node:crypto';
import type { JsonObject } from '@bufbuild/protobuf';
import { namespace, type ObjectContent } from './content.ts';
import { apiVersion } from './kinds.ts';

/** An object as it is kept: with its version, and the times that say what became of it. */
export interface StoredObject {
  readonly content: ObjectContent;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly created: number;
  /** Since when each condition has its status, by type; epoch milliseconds. */
  readonly since: ReadonlyMap<string, number>;
}

/** The object as JSON. In a list it does not say what kind it is: the list does. */
export function objectJson(stored: StoredObject, inList: boolean): JsonObject {
  const { content, version, created, since } = stored;
  const { kind, name, labels, annotations, owner, spec, status, conditions } = content;
  const times = (type: string) => {
    const lastTransitionTime = time(since.get(type) ?? created);
    // nodes say how they are again and again; to save versions, they do so only when it changes
    return kind.plural === 'nodes'
      ? { lastHeartbeatTime: lastTransitionTime, lastTransitionTime }
      : { lastTransitionTime };
  };
  return {
    ...(inList ? {} : { kind: kind.kind, apiVersion: apiVersion(kind) }),
    metadata: {
      name,
      ...(kind.namespaced ? { namespace } : {}),
      uid: uid(`${kind.kind} ${name} ${created}`),
      resourceVersion: String(version),
      ...(kind.group === '' ? {} : { generation: 1 }),
      creationTimestamp: time(created),
      labels,
      ...(annotations === undefined ? {} : { annotations }),
      ...(owner === undefined ? {} : { ownerReferences: [ownerReference(owner, created)] }),
    },
    spec,
    status: {
      ...status,
      ...(conditions.length === 0 ? {} : { conditions: conditions.map((one) => ({ ...one, ...times(one.type) })) }),
    },
  };
}

function ownerReference({ kind, name }: NonNullable<ObjectContent['owner']>, created: number): JsonObject {
  return {
    apiVersion: apiVersion(kind),
    kind: kind.kind,
    name,
    uid: uid(`${kind.kind} ${name} ${created}`),
    controller: true,
  };
}

/** Kubernetes writes times to the second. */
function time(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

function uid(seed: string): string {
  const digits = createHash('sha256').update(seed).digest('hex');
  return digits.replace(/^(.{8})(.{4})(.{3})(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');
}
