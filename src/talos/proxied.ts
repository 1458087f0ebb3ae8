import { type CallCredentials, ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { formatHostPort, type HostPort } from '../config/address.ts';
import type { ProxyServer } from '../config/proxy.ts';
import { openTunnel } from '../network/tunnel.ts';
import type { Failure, FailureKind } from './failure.ts';

type CreateConnector = ChannelCredentials['_createSecureConnector'];

/**
 * What secures a connection that a proxy leads on. gRPC connects to the proxy
 * and asks its credentials to secure the connection: these have it led on
 * first. gRPC's own way through a proxy knows neither TLS nor SOCKS nor IPv6,
 * and loses the reason where it fails.
 */
export class ProxiedCredentials extends ChannelCredentials {
  readonly #inner: ChannelCredentials;
  readonly #proxy: ProxyServer;
  readonly #target: HostPort;

  constructor(inner: ChannelCredentials, proxy: ProxyServer, target: HostPort) {
    super();
    this.#inner = inner;
    this.#proxy = proxy;
    this.#target = target;
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    _proxy: Parameters<CreateConnector>[0],
    options: ChannelOptions,
    callCredentials?: CallCredentials,
  ): ReturnType<CreateConnector> {
    const [proxy, target] = [this.#proxy, this.#target];
    const path = formatHostPort(target);
    const inner = this.#inner._createSecureConnector({ scheme: 'dns', path }, options, callCredentials);
    return {
      connect: async (socket) => inner.connect(await openTunnel({ socket, proxy, target })),
      waitForReady: () => inner.waitForReady(),
      getCallCredentials: () => inner.getCallCredentials(),
      destroy: () => inner.destroy(),
    };
  }
}

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
