import { StatusError } from '../status.ts';

export interface Directions {
  /** Values of the metadata `node` and `nodes`; empty where there is none. */
  readonly node: readonly string[];
  readonly nodes: readonly string[];
  readonly path: string;
  /** A worker does not forward. */
  readonly forwards: boolean;
  /** Whether the name or address is the endpoint's own. */
  isLocal(target: string): boolean;
}

export type Route =
  | { readonly kind: 'local' }
  | { readonly kind: 'one'; readonly target: string }
  | { readonly kind: 'many'; readonly targets: readonly string[] };

/** Where apid sends a call, after its metadata. */
export function direct({ node, nodes, path, forwards, isLocal }: Directions): Route {
  if (node.length > 1) throw new StatusError('INVALID_ARGUMENT', 'node metadata must be single-valued');
  const [single] = node;
  const [first] = nodes;
  if (!forwards) {
    const toOthers =
      nodes.length > 1 || (first !== undefined && !isLocal(first)) || (single !== undefined && !isLocal(single));
    if (!toOthers) return { kind: 'local' };
    if (nodes.length > 0) requireOneToMany(path);
    throw new StatusError('PERMISSION_DENIED', 'no request forwarding');
  }
  if (nodes.length > 0) {
    requireOneToMany(path);
    for (const target of nodes) requireTarget(target);
    return { kind: 'many', targets: nodes };
  }
  if (single === undefined) return { kind: 'local' };
  requireTarget(single);
  return { kind: 'one', target: single };
}

function requireOneToMany(path: string): void {
  if (path.startsWith('/machine.MachineService/') || path.startsWith('/cluster.ClusterService/')) return;
  throw new StatusError('INVALID_ARGUMENT', `one-2-many proxying is not supported for method ${path}`);
}

/** apid knows its port: an address with one is as wrong as none. */
function requireTarget(target: string): void {
  const hasPort = /^(\[.*\]|[^:]*):\d+$/.test(target);
  if (target === '' || hasPort) throw new StatusError('INTERNAL', `invalid target ${JSON.stringify(target)}`);
}
