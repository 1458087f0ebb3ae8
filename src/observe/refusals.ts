import type { Failure } from '../talos/failure.ts';
import type { Facet } from './facet.ts';
import { nodeFacet, nodeFacetNames } from './facets.ts';
import type { CredentialsInfo, EndpointSnapshot, NodeSnapshot, Snapshot } from './snapshot.ts';

/** Roles that may read everything that a round requests from a node. */
const readers: ReadonlySet<string> = new Set(['os:reader', 'os:operator', 'os:admin']);

/** Whether a role of the client certificate allows reading. A role in Omni is not known: Omni refuses what it does not allow. */
export function mayRead({ roles, account }: CredentialsInfo): boolean {
  return account !== undefined || roles.some((role) => readers.has(role));
}

/**
 * Since Talos 1.13, machined rejects all calls until it knows the process id of an apid that has just started: each
 * call waits 5 s for it (`PIDTimeout`) and then fails with the error of a missing role. A crashed apid restarts after 5
 * s more. A minute covers several such starts. In milliseconds.
 */
const longestStart = 60_000;

/** The parts of a snapshot that can be rejected as not authorized. */
type Refusable = Pick<Snapshot, 'at' | 'endpoints' | 'discovery'> & { readonly nodes?: readonly NodeSnapshot[] };

type Refused = Extract<Facet<unknown>, { readonly ok: false }>;

const isRefusal = (failure: Failure | undefined): boolean => failure?.kind === 'not-authorized';
const isRefused = (facet: unknown): facet is Refused =>
  typeof facet === 'object' && facet !== null && 'error' in facet && isRefusal((facet as Refused).error);

/** At least one answer is "not authorized", and no node accepts the call. */
function isRefusedEverywhere({ endpoints, nodes = [] }: Refusable): boolean {
  return (
    !nodes.some(({ version }) => version.ok) &&
    (endpoints.some(({ failure }) => isRefusal(failure)) || nodes.some(({ version }) => isRefused(version)))
  );
}

const starting = (failure: Failure): Failure => ({
  ...failure,
  kind: 'starting',
  layer: failure.layer === 'caller' ? 'node' : failure.layer,
  message: 'apid has just started (not authorized)',
});

function soften<T extends object>(facets: T): T {
  const soft = Object.entries(facets)
    .filter((entry): entry is [string, Refused] => isRefused(entry[1]))
    .map(([name, facet]) => [name, { ...facet, error: starting(facet.error) }]);
  return soft.length === 0 ? facets : { ...facets, ...Object.fromEntries(soft) };
}

function softenNode(node: NodeSnapshot): NodeSnapshot {
  const hasStarted = nodeFacetNames.some((name) => nodeFacet(name).mayBeRefused !== true && isRefused(node[name]));
  return hasStarted ? soften(node) : node;
}

function softenEndpoint(endpoint: EndpointSnapshot): EndpointSnapshot {
  const { failure } = endpoint;
  return failure !== undefined && isRefusal(failure)
    ? { ...endpoint, failure: { ...starting(failure), layer: 'endpoint' } }
    : endpoint;
}

/**
 * Decides what "not authorized" means, in this place only: a role that may not read, which waiting cannot change, or an
 * apid that has just started (`starting`). The returned function must be called with all snapshots, in the order of
 * time.
 */
export function openRefusals(credentials: CredentialsInfo): <T extends Refusable>(observed: T) => T {
  let since: number | undefined;
  return (observed) => {
    if (!mayRead(credentials)) {
      return observed;
    }
    since = isRefusedEverywhere(observed) ? (since ?? observed.at) : undefined;
    return since !== undefined && observed.at - since >= longestStart
      ? observed
      : {
          ...soften(observed),
          endpoints: observed.endpoints.map(softenEndpoint),
          ...(observed.nodes && { nodes: observed.nodes.map(softenNode) }),
        };
  };
}
