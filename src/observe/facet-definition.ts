import { getResource, listResources } from '../talos/api.ts';
import type { ResourceType } from '../talos/resource-type.ts';
import type { ClusterNode, Role } from './cluster.ts';
import type { Facet } from './facet.ts';
import type { Call } from './request.ts';

/** A resource type as a watch names it. */
export type WatchedType = Pick<ResourceType<unknown>, 'namespace' | 'type'>;

/** One thing that is observed of a node. */
export interface FacetDefinition<T = unknown> {
  /** As it reads in "… could not be read". */
  readonly what: string;
  /** Where it comes from, for the documentation: a resource type, or a call of the Talos API. */
  readonly source: string;
  readonly read: Call<T>;
  /** The resource whose changes can change it; absent where nothing tells of them, and it is polled. */
  readonly watch?: WatchedType;
  /** Absent where nodes of each role have it. */
  readonly role?: Role;
  /** It comes from etcd, which can hang while its node answers. */
  readonly etcd?: true;
  /** The version of Talos that brought it: an older one does not know the type, and that is no fault. */
  readonly since?: string;
  /** Some versions refuse it to all but an admin, for good. */
  readonly mayBeRefused?: true;
  /** What it means that the node has none. */
  readonly absent?: string;
  /** Another facet, earlier in the table, that can make the call superfluous. */
  readonly implied?: Implied<T>;
}

/** Saves a call where the answer to another one already tells. */
interface Implied<T> {
  readonly from: string;
  /** Absent where it is worth to wait for the other answer on nodes of each role. */
  readonly role?: Role;
  /** Undefined where the call has to be made. */
  by(other: Facet<unknown>, node: ClusterNode): Facet<T> | undefined;
}

/** @param by told the value of the other facet, which must be of the type that it expects */
export function implied<S, T>(
  from: string,
  by: (other: Facet<S>, node: ClusterNode) => Facet<T> | undefined,
  role?: Role,
): Implied<T> {
  return { from, ...(role && { role }), by: (other, node) => by(other as Facet<S>, node) };
}

type ReadResource<T> = Required<Pick<FacetDefinition<T>, 'read' | 'watch' | 'source'>>;

/** One resource by its id. */
export function get<T>(type: ResourceType<T>, id: string): ReadResource<T> {
  const read: Call<T> = (channel, options) => getResource(channel, type, id, options);
  return { read, watch: type, source: `\`${type.type}\`` };
}

/** All resources of a type. */
export function list<T>(type: ResourceType<T>): ReadResource<readonly T[]> {
  const read: Call<readonly T[]> = (channel, options) => listResources(channel, type, options);
  return { read, watch: type, source: `\`${type.type}\`` };
}
