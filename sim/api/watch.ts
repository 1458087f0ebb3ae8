import { randomBytes } from 'node:crypto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ResourceEvent, StoredResource } from '../cosi/store.ts';
import {
  type EventSchema,
  EventType,
  type WatchRequest,
  type WatchResponseSchema,
} from '../gen/cosi/resource/resource_pb.ts';
import type { NodeState } from '../model/node-state.ts';
import type { Records } from '../records.ts';
import { StatusError } from '../status.ts';
import type { World } from '../world.ts';
import { isVisible, listKind } from './access.ts';
import { resourceMessage, tombstone } from './resource-message.ts';

type EventMessage = MessageInitShape<typeof EventSchema>;

/**
 * A watch: an empty first response, the current state if requested, then the
 * events. A watch of a single resource always begins with its current state,
 * even if it does not exist.
 */
export async function* watchResources(
  world: World,
  records: Records,
  name: string,
  request: WatchRequest,
  signal: AbortSignal,
): AsyncIterable<MessageInitShape<typeof WatchResponseSchema>> {
  const { type, id, namespace, options } = request;
  if (id !== undefined && options?.bootstrapContents === true) {
    throw new StatusError('UNIMPLEMENTED', 'bootstrap contents is not implemented for resource watch');
  }
  const bookmark = bookmarks();
  const queued: ResourceEvent[] = [];
  let wake = () => {};
  const stop = records.watch(name, type, (event) => {
    const wanted = event.resource.resource.namespace === namespace && (id === undefined || event.resource.id === id);
    if (!wanted || !isVisible(world.state, world.node(name), event.resource)) return;
    queued.push(event);
    wake();
  });
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    const node = world.node(name);
    const present = listKind(world.state, records, node, request);
    const first = initialEvents(world, node, request, present, bookmark);
    yield {};
    yield* asResponses(first, options?.aggregated ?? false);
    while (!signal.aborted) {
      const events = queued
        .splice(0)
        .map((event) => ({ ...changeEvent(world.node(name), event), bookmark: bookmark() }));
      if (events.length > 0) {
        yield* asResponses(events, options?.aggregated ?? false);
        continue;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stop();
  }
}

function initialEvents(
  world: World,
  node: NodeState,
  { type, namespace, id, options, apiVersion }: WatchRequest,
  present: readonly StoredResource[],
  bookmark: () => Uint8Array,
): readonly EventMessage[] {
  const now = world.clock.now();
  const created = (resource: StoredResource): EventMessage => ({
    resource: resourceMessage(node, resource),
    eventType: EventType.CREATED,
  });
  if (id !== undefined) {
    const found = present.find((resource) => resource.id === id);
    if (found !== undefined) return [created(found)];
    return [{ resource: tombstone(type, namespace, id, now), eventType: EventType.DESTROYED }];
  }
  if (options?.bootstrapContents !== true) return [];
  const end: EventMessage = {
    resource: tombstone(type, namespace, '', now),
    eventType: EventType.BOOTSTRAPPED,
    bookmark: bookmark(),
  };
  // the first version of the protocol had no word for the end of the present
  return [...present.map(created), ...(apiVersion < 1 ? [] : [end])];
}

function changeEvent(node: NodeState, { kind, resource, old }: ResourceEvent): EventMessage {
  const eventType = { created: EventType.CREATED, updated: EventType.UPDATED, destroyed: EventType.DESTROYED }[kind];
  return {
    resource: resourceMessage(node, resource),
    eventType,
    ...(old === undefined ? {} : { old: resourceMessage(node, old) }),
  };
}

function* asResponses(events: readonly EventMessage[], aggregated: boolean): Iterable<{ event: EventMessage[] }> {
  if (aggregated && events.length > 0) yield { event: [...events] };
  else for (const event of events) yield { event: [event] };
}

/** Eight bytes of the server's own and a number that counts on. */
function bookmarks(): () => Uint8Array {
  const cookie = randomBytes(8);
  let position = 0n;
  return () => {
    const number = Buffer.alloc(8);
    position += 1n;
    number.writeBigUInt64BE(position);
    return Buffer.concat([cookie, number]);
  };
}
