import type { Failure } from '../talos/failure.ts';
import type { Facet } from './facet.ts';
import { nodeFacet, nodeFacetNames } from './facets.ts';
import type { CredentialsInfo, EndpointSnapshot, NodeSnapshot, Snapshot } from './snapshot.ts';

/** Roles that may read everything that a round asks of a node. */
const readers: ReadonlySet<string> = new Set(['os:reader', 'os:operator', 'os:admin']);

/** Whether the client certificate, by its own roles, may read. */
export function mayRead({ roles }: CredentialsInfo): boolean {
  return roles.some((role) => readers.has(role));
}

/**
 * From Talos 1.13 on, machined refuses whoever calls until it knows the process id of the apid that has just started:
 * each call waits 5 s for it (`PIDTimeout`) and then fails with the words of a missing role. An apid that crashes is started
 * again after 5 s more. A minute has room for several such starts; in milliseconds.
 */
const longestStart = 60_000;

/** What was seen, as far as it can be refused. */
type Seen = Pick<Snapshot, 'at' | 'endpoints' | 'discovery'> & { readonly nodes?: readonly NodeSnapshot[] };

type Refused = Extract<Facet<unknown>, { readonly ok: false }>;

const isRefusal = (failure: Failure | undefined): boolean => failure?.kind === 'not-authorized';
const isRefused = (facet: unknown): facet is Refused =>
  typeof facet === 'object' && facet !== null && 'error' in facet && isRefusal((facet as Refused).error);

/** Somebody refuses, and no node answers otherwise. */
function isRefusedEverywhere({ endpoints, nodes = [] }: Seen): boolean {
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
 * The one place that decides what "not authorized" means: a role that may not
 * read, which no waiting changes, or an apid that has just started (`starting`).
 * What it gives back is to be asked with everything that is seen, in the order of time.
 */
export function openRefusals(credentials: CredentialsInfo): <T extends Seen>(seen: T) => T {
  let since: number | undefined;
  return (seen) => {
    if (!mayRead(credentials)) {
      return seen;
    }
    since = isRefusedEverywhere(seen) ? (since ?? seen.at) : undefined;
    return since !== undefined && seen.at - since >= longestStart
      ? seen
      : {
          ...soften(seen),
          endpoints: seen.endpoints.map(softenEndpoint),
          ...(seen.nodes && { nodes: seen.nodes.map(softenNode) }),
        };
  };
}
