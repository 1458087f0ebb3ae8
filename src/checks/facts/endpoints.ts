import type { CheckOptions } from '../../inputs/options.ts';
import type { EndpointSnapshot, NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { shellWord } from '../../values/shell.ts';
import type { Hint } from '../check.ts';
import { hint } from '../outcome.ts';
import { hostOf } from '../text.ts';
import { nodeAt, nodeFilter } from './nodes.ts';
import { perSnapshot } from './per-snapshot.ts';

/**
 * Whether an endpoint (a worker too) or a node accepted the client certificate. A standby endpoint does not count: it may
 * not have been connected to.
 */
export function isAccepted(snapshot: Snapshot): boolean {
  return (
    snapshot.endpoints.some(({ state }) => state === 'used' || state === 'worker') ||
    snapshot.nodes.some(({ version }) => version.ok)
  );
}

/** Whether an endpoint answers: Omni may, and no node behind it. */
export function isReached(snapshot: Snapshot): boolean {
  const { credentials, endpoints } = snapshot;
  const isOmni = credentials.account !== undefined;
  return isAccepted(snapshot) || (isOmni && endpoints.some(({ failure }) => failure === undefined));
}

/** Whether all endpoints that answer are workers, which do not forward calls to other nodes. */
export function hasOnlyWorkers(snapshot: Snapshot): boolean {
  const { endpoints } = snapshot;
  return (
    endpoints.every(({ state }) => state === 'worker' || state === 'failed') &&
    endpoints.some(({ state }) => state === 'worker')
  );
}

/** Whether every endpoint failed, so that no node that is not an endpoint can be reached. */
export function allEndpointsFailed({ endpoints }: Snapshot): boolean {
  return endpoints.length > 0 && endpoints.every(({ failure }) => failure?.layer === 'endpoint');
}

const nodesAtEndpoints = perSnapshot((snapshot) => {
  const names = new Set(snapshot.endpoints.map((endpoint) => nodeAt(snapshot, endpoint)?.name));
  return snapshot.nodes.filter(({ node }) => names.has(node.name));
});

/** The selected nodes that are endpoints. */
export function endpointNodes(snapshot: Snapshot, options: CheckOptions): readonly NodeSnapshot[] {
  const isSelected = nodeFilter(snapshot, options);
  return nodesAtEndpoints(snapshot).filter(({ node }) => isSelected(node));
}

/** For a proxy that does not connect to the endpoints. */
export const proxyAdvice =
  'Check the proxy: its address and login, and that it may connect to TCP port 50000 of the endpoints. It comes from proxy-url in the talosconfig, else from HTTPS_PROXY or ALL_PROXY. Endpoints that need no proxy belong into NO_PROXY; proxy-url: direct takes none.';

/** For endpoints of which none answers. */
export function endpointsHint({ endpoints, credentials }: Snapshot): Hint {
  if (endpoints.some(({ failure }) => failure?.kind === 'proxy')) {
    return hint(proxyAdvice);
  }
  if (credentials.account !== undefined) {
    return hint(
      'Check the address of Sidero Omni, and the network and the proxy between here and there.',
      ...endpoints.slice(0, 1).map(({ endpoint }) => `curl -v ${shellWord(`https://${endpoint}`)}`),
    );
  }
  return hint(
    'Check the addresses of the endpoints, the network between here and them, firewall rules (TCP port 50000), and that the Talos API is running there.',
    ...endpoints
      .filter(({ state }) => state === 'failed')
      .slice(0, 3)
      .map(({ endpoint }) => {
        const host = shellWord(hostOf(endpoint));
        return `talosctl -n ${host} -e ${host} version`;
      }),
  );
}

/** Why endpoints failed: `10.0.0.1:50000: connection refused; …`. */
export function failureList(endpoints: readonly EndpointSnapshot[]): string {
  return endpoints
    .flatMap(({ endpoint, failure }) => (failure === undefined ? [] : [`${endpoint}: ${failure.message}`]))
    .join('; ');
}
