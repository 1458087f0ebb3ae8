import type { EndpointSnapshot, Snapshot } from '../../observe/snapshot.ts';

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

/** Why each endpoint that failed did so: `10.0.0.1:50000: connection refused; …`. */
export function failureList(endpoints: readonly EndpointSnapshot[]): string {
  return endpoints
    .flatMap(({ endpoint, failure }) => (failure === undefined ? [] : [`${endpoint}: ${failure.message}`]))
    .join('; ');
}

/** The host of `host:port`, IPv6 without its brackets. */
export function hostOf(endpoint: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}
