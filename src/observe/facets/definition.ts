import { getResource, listResources } from '../../talos/resources/api.ts';
import type { ResourceType } from '../../talos/resources/type.ts';
import type { ClusterNode, Role } from '../members/cluster.ts';
import type { Call } from '../request.ts';
import type { Facet } from './facet.ts';

/** The resource type of a watch. */
export type WatchedType = Pick<ResourceType<unknown>, 'namespace' | 'type'>;

/** One fact that is observed of a node. */
export interface FacetDefinition<T = unknown> {
  /** Completes "… could not be read". */
  readonly what: string;
  /** Its source, for the documentation: a resource type, or a call of the Talos API. */
  readonly source: string;
  readonly read: Call<T>;
  /** The resource to watch for changes; without one, the facet is polled. */
  readonly watch?: WatchedType;
  /** Absent if nodes of both roles have it. */
  readonly role?: Role;
  /** It is read from etcd, which can hang while its node answers. */
  readonly etcd?: true;
  /** The version of Talos that introduced it: an older version does not know the type, and that is not a fault. */
  readonly since?: string;
  /** Some versions always refuse it to everyone but an admin. */
  readonly mayBeRefused?: true;
  /** Without it a check of its own is skipped: some versions do not have it, or not for everyone. */
  readonly optional?: true;
  /** What it means if the node has none. */
  readonly absent?: string;
  /**
   * It changes when the machine boots: a whole round does not read it again before that. The poll of a node does: a
   * hypervisor can give a machine memory while it runs.
   */
  readonly perBoot?: true;
  /**
   * It changes within hours or days, not seconds: a whole round takes an answer that is no older than `slowAge`. The poll
   * of a node, which something is wrong with or has changed on, asks again.
   */
  readonly slow?: true;
  /**
   * Rare: whether a node has nothing of the kind. Of a large cluster, the first node of each role then answers for the
   * others that have the same volumes.
   */
  isAbsent?(value: unknown): boolean;
  /** Another facet, earlier in the table, that can make the call unnecessary. */
  readonly implied?: Implied<T>;
  /** The call is made anyway in a small cluster, where it costs little: what was asked is better than what follows from it. */
  readonly impliedIf?: 'large';
}

/** In milliseconds. Most runs are shorter, and ask once. No verdict rests on an answer that is older. */
export const slowAge = 60_000;

/** Avoids a call if the answer to another call already implies the result. */
interface Implied<T> {
  readonly from: string;
  /** Absent if waiting for the other answer pays off on nodes of both roles. */
  readonly role?: Role;
  /** Returns undefined if the call has to be made. */
  by(other: Facet<unknown>, node: ClusterNode): Facet<T> | undefined;
}

/** @param by receives the value of the other facet, which must have the type that it expects */
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

/** Resources that change only when the machine boots: they are not watched, and read once a boot. */
export function perBoot<T>({ read, source }: ReadResource<T>): Pick<ReadResource<T>, 'read' | 'source'> & {
  readonly perBoot: true;
} {
  return { read, source, perBoot: true };
}

/** Resources that change rarely, and are rare: not watched. */
export function slow<T>({ read, source }: ReadResource<T>): Pick<ReadResource<T>, 'read' | 'source'> & {
  readonly slow: true;
} {
  return { read, source, slow: true };
}

/** A list that is empty on most nodes. */
export function rare<R extends object>(facet: R): R & { isAbsent(value: readonly unknown[]): boolean } {
  return { ...facet, isAbsent: (value) => value.length === 0 };
}
