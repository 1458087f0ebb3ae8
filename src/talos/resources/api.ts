import { State } from '../../gen/cosi/resource/resource_pb.ts';
import { malformed } from '../call-error.ts';
import { type CallOptions, type Channel, collect, serverStream, unary } from '../grpc/call.ts';
import type { ResourceType } from './type.ts';

/** The calls of `cosi.resource.State`. Every function throws {CallError}. */

function decodeResource<T>(
  type: ResourceType<T>,
  resource: Parameters<ResourceType<T>['decode']>[0],
  channel: Channel,
): T {
  try {
    return type.decode(resource);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw malformed(`${type.type} "${resource.metadata?.id ?? ''}" cannot be read: ${reason}`, channel.endpoint);
  }
}

/** One resource by its id. If it does not exist, the failure's kind is `not-found`. */
export async function getResource<T>(
  channel: Channel,
  type: ResourceType<T>,
  id: string,
  options: CallOptions,
): Promise<T> {
  const { resource } = await unary(
    channel,
    State.method.get,
    { namespace: type.namespace, type: type.type, id },
    options,
  );
  if (resource === undefined) {
    throw malformed(`${type.type} "${id}" came without content`, channel.endpoint);
  }
  return decodeResource(type, resource, channel);
}

/** More than any cluster has of one type. Without limits, an endless response would fill the memory until its deadline. */
const listLimits = { messages: 20_000, bytes: 32 * 1024 * 1024 };

/**
 * All resources of a type.
 *
 * @param ids a regular expression: the server leaves out resources with other ids
 */
export async function listResources<T>(
  channel: Channel,
  type: ResourceType<T>,
  options: CallOptions,
  ids?: string,
): Promise<readonly T[]> {
  const result: T[] = [];
  const query = ids === undefined ? {} : { options: { idQuery: { regexp: ids } } };
  const input = { namespace: type.namespace, type: type.type, ...query };
  for (const { resource } of await collect(channel, State.method.list, input, options, listLimits)) {
    if (resource !== undefined) {
      result.push(decodeResource(type, resource, channel));
    }
  }
  return result;
}

/**
 * Yields when a resource of this type changes on the node, and once when the watch
 * is open, after which no change is missed.
 */
export async function* watchResource(
  channel: Channel,
  type: Pick<ResourceType<unknown>, 'namespace' | 'type'>,
  options: CallOptions,
): AsyncGenerator<void, void, undefined> {
  const input = { namespace: type.namespace, type: type.type, options: {}, apiVersion: 1 };
  for await (const _ of serverStream(channel, State.method.watch, input, options)) {
    yield;
  }
}
