import type { Failure, FailureKind } from '../failure.ts';

/** With these failures, the connection did not reach the proxy. */
const unreached = new Set<FailureKind>(['refused', 'no-route', 'unresolved']);

/**
 * Adds the proxy to a failure: a failure of the proxy is not one of the endpoint,
 * and a failure of the endpoint names the proxy on the way to it. Pure.
 *
 * @param proxy its name, without credentials
 */
export function behindProxy(failure: Failure, proxy: string): Failure {
  const { kind, layer, message } = failure;
  if (message.startsWith('the proxy ') || message.startsWith('no TLS connection with the proxy ')) {
    return { ...failure, kind: 'proxy', layer: 'endpoint' };
  }
  if (layer !== 'endpoint') {
    return failure;
  }
  return unreached.has(kind)
    ? { ...failure, kind: 'proxy', message: `the proxy ${proxy} cannot be reached: ${message}` }
    : { ...failure, message: `${message}, through the proxy ${proxy}` };
}
