import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { ChannelOptions } from '@grpc/grpc-js/build/src/channel-options.js';
import { type Resolver, registerResolver } from '@grpc/grpc-js/build/src/resolver.js';
import { Http2SubchannelConnector, type Transport } from '@grpc/grpc-js/build/src/transport.js';
import type { GrpcUri } from '@grpc/grpc-js/build/src/uri-parser.js';
import type { TalosContext } from '../credentials/talosconfig.ts';
import { nameProxy, type ProxyServer } from '../net/proxy.ts';
import { formatHostPort, type HostPort } from '../values/address.ts';
import type { Channel, Usage } from './call.ts';
import { connectFirst } from './happy-eyeballs.ts';
import { openSession, type Session } from './session.ts';
import { secureConnector } from './tls.ts';

const transportOptions: ChannelOptions = {
  // The limit of Talos's own clients; gRPC's default of 4 MiB is less than a large cluster's answer.
  'grpc.max_receive_message_length': 32 * 1024 * 1024,
  // HTTP/2's own 64 KiB would make the answers of 100 nodes wait for ten round trips; a paused stream holds back the rest.
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
  // Statistics that nobody reads; their data structure is not even in the bundle.
  'grpc.enable_channelz': 0,
  // gRPC reads only some of the variables; which proxy to take is known here.
  'grpc.enable_http_proxy': 0,
};

/** Of a resolver gRPC's transport only wants to know what a target is called. */
class Literal implements Resolver {
  static getDefaultAuthority({ path }: GrpcUri): string {
    return path;
  }
  updateResolution(): void {}
  destroy(): void {}
}

/**
 * What secures every connection of one context: read once, shared by all endpoints.
 * TLS 1.3 only, as apid speaks nothing else.
 */
export function secureContext(context: TalosContext): SecureContext {
  return createSecureContext({
    minVersion: 'TLSv1.3',
    ...(context.ca !== undefined && { ca: context.ca }),
    ...(context.crt !== undefined && { cert: context.crt }),
    ...(context.key !== undefined && { key: context.key }),
  });
}

async function addressesOf(name: string): Promise<readonly string[]> {
  const { lookup } = await import('node:dns/promises');
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}

/** A channel that can be opened again; whoever opened it closes it. */
export interface Connection extends Channel, Session {}

/**
 * Opens nothing yet: the first call connects, and the next one after the
 * connection was lost.
 *
 * @param proxy leads the connection on, where there is one
 */
export function connect(endpoint: HostPort, secure: SecureContext, usage?: Usage, proxy?: ProxyServer): Connection {
  registerResolver('literal', Literal);
  const target = formatHostPort(endpoint);
  const secured = secureConnector(secure, endpoint, proxy);
  const { host, port } = proxy ?? endpoint;
  const open = (address: string, signal: AbortSignal): Promise<Transport> =>
    // One for each connection: it would end the one that it has begun since when an earlier one is given up.
    new Http2SubchannelConnector({ scheme: 'literal', path: target }).connect(
      // Node destroys a socket when its signal aborts: so a connection that hangs can be given up.
      { host: address, port, ...{ signal } },
      secured,
      transportOptions,
    );
  return {
    endpoint: target,
    ...openSession(async (signal) =>
      proxy === undefined && isIP(host) === 0
        ? connectFirst(await addressesOf(host), open, signal)
        : open(host, signal),
    ),
    ...(usage && { usage }),
    ...(proxy && { proxy: nameProxy(proxy) }),
  };
}
