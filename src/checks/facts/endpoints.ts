import type { CheckOptions } from '../../inputs/options.ts';
import type { EndpointSnapshot, NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Hint } from '../check.ts';
import { hint } from '../outcome.ts';
import { hostOf, word } from '../text.ts';
import { judges, nodeAt } from './nodes.ts';
import { perSnapshot } from './per-snapshot.ts';

/**
 * Somebody accepted the client certificate: an endpoint (a worker too), or a
 * node. A standby endpoint is no proof: it may never have been waited for.
 */
export function isAccepted(snapshot: Snapshot): boolean {
  return (
    snapshot.endpoints.some(({ state }) => state === 'used' || state === 'worker') ||
    snapshot.nodes.some(({ version }) => version.ok)
  );
}

/** The endpoints that work are workers, all of them: nothing behind them can be reached. */
export function hasOnlyWorkers(snapshot: Snapshot): boolean {
  const { endpoints } = snapshot;
  return (
    endpoints.every(({ state }) => state === 'worker' || state === 'failed') &&
    endpoints.some(({ state }) => state === 'worker')
  );
}

/** Every endpoint has failed by itself, so that of a node which is none of them nothing can be known. */
export function isShut({ endpoints }: Snapshot): boolean {
  return endpoints.length > 0 && endpoints.every(({ failure }) => failure?.layer === 'endpoint');
}

const nodesAtEndpoints = perSnapshot((snapshot) => {
  const names = new Set(snapshot.endpoints.map((endpoint) => nodeAt(snapshot, endpoint)?.name));
  return snapshot.nodes.filter(({ node }) => names.has(node.name));
});

/** The nodes that are endpoints, of those that are judged. */
export function endpointNodes(snapshot: Snapshot, options: CheckOptions): readonly NodeSnapshot[] {
  const isJudged = judges(snapshot, options);
  return nodesAtEndpoints(snapshot).filter(({ node }) => isJudged(node));
}

/** What to do about a proxy that leads nowhere. */
export const proxyAdvice =
  'Check the proxy: its address and login, and that it may connect to TCP port 50000 of the endpoints. It comes from proxy-url in the talosconfig, else from HTTPS_PROXY or ALL_PROXY. Endpoints that need no proxy belong into NO_PROXY; proxy-url: direct takes none.';

/** What to do where no endpoint answers. */
export function endpointsHint({ endpoints }: Snapshot): Hint {
  if (endpoints.some(({ failure }) => failure?.kind === 'proxy')) {
    return hint(proxyAdvice);
  }
  return hint(
    'Check the addresses of the endpoints, the network between here and them, firewall rules (TCP port 50000), and that the Talos API is running there.',
    ...endpoints
      .filter(({ state }) => state === 'failed')
      .slice(0, 3)
      .map(({ endpoint }) => {
        const host = word(hostOf(endpoint));
        return `talosctl -n ${host} -e ${host} version`;
      }),
  );
}

/** Why each endpoint that failed did so: `10.0.0.1:50000: connection refused; …`. */
export function failureList(endpoints: readonly EndpointSnapshot[]): string {
  return endpoints
    .flatMap(({ endpoint, failure }) => (failure === undefined ? [] : [`${endpoint}: ${failure.message}`]))
    .join('; ');
}
