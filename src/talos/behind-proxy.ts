import type { Failure, FailureKind } from './failure.ts';

/** Where gRPC fails so, it did not get as far as the proxy. */
const unreached = new Set<FailureKind>(['refused', 'no-route', 'unresolved']);

/**
 * What a failure means where a proxy leads connections on: what the proxy did
 * wrong is not the endpoint's, and what is behind it names it too. Pure.
 *
 * @param proxy its name, without a login
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
