import { typesOf } from '../cosi/resources.ts';
import type { StoredResource } from '../cosi/store.ts';
import { namespaces, types } from '../cosi/types.ts';
import type { NodeState } from '../model/node-state.ts';
import type { ClusterState } from '../model/state.ts';
import type { Records } from '../records.ts';
import { StatusError } from '../status.ts';
import { notAuthorized } from './roles.ts';

/** A kind of resource as a request names it. */
export interface Kind {
  readonly namespace: string;
  readonly type: string;
}

/** Refuses what the caller may not read, in Talos's order: unknown type, sensitive type, unknown namespace. */
export function requireAccess(
  state: ClusterState,
  node: NodeState,
  { type, namespace }: Kind,
  roles: ReadonlySet<string>,
): void {
  const known = typesOf(state, node).find((one) => one.type === type);
  if (known === undefined)
    throw new StatusError('PERMISSION_DENIED', `resource type ${JSON.stringify(type)} is not supported`);
  if (known.sensitive && !roles.has('os:admin')) throw notAuthorized();
  if (!namespaces.has(namespace)) {
    throw new StatusError('PERMISSION_DENIED', `namespace ${JSON.stringify(namespace)} is not supported`);
  }
}

/** The resources of the kind on the node, by id. */
export function listKind(
  state: ClusterState,
  records: Records,
  node: NodeState,
  { type, namespace }: Kind,
): readonly StoredResource[] {
  return records
    .store(node.name, type)
    .list(type, namespace)
    .filter((resource) => isVisible(state, node, resource));
}

/** A type that a node does not know has no definition there. */
export function isVisible(state: ClusterState, node: NodeState, { resource, id }: StoredResource): boolean {
  return resource.type !== types.definition.type || typesOf(state, node).some(({ type }) => type.toLowerCase() === id);
}
