import { type Failure, isRefusedByOmni } from '../talos/failure.ts';
import type { Facet } from './facets/facet.ts';
import { nodeFacet, nodeFacetNames } from './facets/table.ts';
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
const isFailed = (facet: unknown): facet is Refused =>
  typeof facet === 'object' && facet !== null && 'ok' in facet && facet.ok === false;
const isRefused = (facet: unknown): facet is Refused => isFailed(facet) && isRefusal(facet.error);

/** At least one answer is "not authorized", and no node accepts the call. */
function isRefusedEverywhere({ endpoints, nodes = [] }: Refusable): boolean {
  return (
    !nodes.some(({ version }) => version.ok) &&
    (endpoints.some(({ failure }) => isRefusal(failure)) || nodes.some(({ version }) => isRefused(version)))
  );
}

/** What a failure means, if that is not what it says; else undefined. */
type Meaning = (failure: Failure) => Failure | undefined;

const starting: Meaning = (failure) =>
  isRefusal(failure)
    ? {
        ...failure,
        kind: 'starting',
        layer: failure.layer === 'caller' ? 'node' : failure.layer,
        message: 'apid has just started (not authorized)',
      }
    : undefined;

/** Omni looks up keys and clusters in a database, and refuses everybody while it cannot. */
const forNow: Meaning = (failure) =>
  isRefusedByOmni(failure.kind)
    ? {
        ...failure,
        kind: 'unavailable',
        layer: 'endpoint',
        message: `Omni refuses what it accepted before: ${failure.message}`,
      }
    : undefined;

function soften<T extends object>(facets: T, meaning: Meaning): T {
  const soft = Object.entries(facets).flatMap(([name, facet]) => {
    const error = isFailed(facet) ? meaning(facet.error) : undefined;
    return error === undefined ? [] : [[name, { ...facet, error }] as const];
  });
  return soft.length === 0 ? facets : { ...facets, ...Object.fromEntries(soft) };
}

function softenNode(node: NodeSnapshot): NodeSnapshot {
  const hasStarted = nodeFacetNames.some((name) => nodeFacet(name).mayBeRefused !== true && isRefused(node[name]));
  return hasStarted ? soften(node, starting) : node;
}

function softenEndpoint(endpoint: EndpointSnapshot, meaning: Meaning): EndpointSnapshot {
  const soft = endpoint.failure && meaning(endpoint.failure);
  return soft === undefined ? endpoint : { ...endpoint, failure: { ...soft, layer: 'endpoint' } };
}

/** Once a node has answered through Omni, a refusal of the account may pass. */
function softenAccount<T extends Refusable>(observed: T): T {
  return {
    ...soften(observed, forNow),
    endpoints: observed.endpoints.map((endpoint) => softenEndpoint(endpoint, forNow)),
    ...(observed.nodes && { nodes: observed.nodes.map((node) => soften(node, forNow)) }),
  };
}

/**
 * Decides what "not authorized" means, in this place only: a role that may not read, which waiting cannot change, or an
 * apid that has just started (`starting`); and whether a refusal of Omni is final. The returned function must be called
 * with all snapshots, in the order of time.
 */
export function openRefusals(credentials: CredentialsInfo): <T extends Refusable>(observed: T) => T {
  let since: number | undefined;
  let wasAccepted = false;
  return (given) => {
    if (!mayRead(credentials)) {
      return given;
    }
    wasAccepted ||= credentials.account !== undefined && (given.nodes ?? []).some(({ version }) => version.ok);
    const observed = wasAccepted ? softenAccount(given) : given;
    since = isRefusedEverywhere(observed) ? (since ?? observed.at) : undefined;
    return since !== undefined && observed.at - since >= longestStart
      ? observed
      : {
          ...soften(observed, starting),
          endpoints: observed.endpoints.map((endpoint) => softenEndpoint(endpoint, starting)),
          ...(observed.nodes && { nodes: observed.nodes.map(softenNode) }),
        };
  };
}
