import { isIP } from 'node:net';
import { checkServerIdentity, createSecureContext, type SecureContext } from 'node:tls';
import { Channel, ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { formatHostPort, type HostPort } from '../config/address.ts';
import { nameProxy, type ProxyServer } from '../config/proxy.ts';
import type { TalosContext } from '../config/talosconfig.ts';
import type { Meter, Wire } from './call.ts';
import { ProxiedCredentials } from './proxied.ts';

const channelOptions: ChannelOptions = {
  // The limit of Talos's own clients; gRPC's default of 4 MiB is less than a large cluster's answer.
  'grpc.max_receive_message_length': 32 * 1024 * 1024,
  // gRPC's backoff grows to minutes: after a reboot the gate would be the last to know.
  'grpc.initial_reconnect_backoff_ms': 250,
  'grpc.max_reconnect_backoff_ms': 2000,
  // Saves a TXT look-up; Talos publishes no service config.
  'grpc.service_config_disable_resolution': 1,
  'grpc.use_local_subchannel_pool': 1,
  // Statistics that nobody reads; their data structure is not even in the bundle.
  'grpc.enable_channelz': 0,
  // gRPC reads only some of the variables; which proxy to take is known here.
  'grpc.enable_http_proxy': 0,
};

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

/**
 * An HTTP/2 stream that has ended outlives V8's quick collections, with all
 * that hangs on it, until a full one. A young generation that grows only makes
 * more of that: it took a third of the memory at 1,000 nodes, and no time was
 * won. V8 looks at this whenever it could grow.
 */
export function keepHeapSmall(): void {
  // Loaded only here: few clusters are so large.
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
}

/** A wire that can be laid anew. */
export interface Connection extends Wire {
  /**
   * Gives up a connection that does not come up, and begins another; but not
   * one that has hardly been begun. gRPC itself waits for minutes for packets
   * that nobody will ever answer, long after the machine is back.
   */
  renew(): void;
}

/** How long a connection may take to come up before another is begun, in milliseconds. */
const longestConnect = 5000;

/**
 * Opens nothing yet: gRPC connects with the first call. The caller closes `channel`.
 *
 * @param proxy leads the connection on, where there is one
 */
export function connect(endpoint: HostPort, secure: SecureContext, meter?: Meter, proxy?: ProxyServer): Connection {
  const target = formatHostPort(endpoint);
  // Node warns of an IP address as a server name (RFC 6066 forbids it), so gRPC
  // gets a stand-in, and the certificate is checked against the real address.
  const override = isIP(endpoint.host) === 0 ? {} : { 'grpc.ssl_target_name_override': 'apid' };
  const credentials = ChannelCredentials.createFromSecureContext(secure, {
    checkServerIdentity: (_name, certificate) => checkServerIdentity(endpoint.host, certificate),
  });
  const open = (): Channel =>
    proxy === undefined
      ? new Channel(target, credentials, { ...channelOptions, ...override })
      : new Channel(formatHostPort(proxy), new ProxiedCredentials(credentials, proxy, endpoint), {
          ...channelOptions,
          ...override,
          'grpc.default_authority': target,
        });
  let channel = open();
  // `performance` would load for milliseconds, and a clock that is set costs one connection at most.
  let opened = Date.now();
  return {
    endpoint: target,
    get channel() {
      return channel;
    },
    renew: () => {
      if (Date.now() - opened >= longestConnect) {
        channel.close();
        channel = open();
        opened = Date.now();
      }
    },
    ...(meter && { meter }),
    ...(proxy && { proxy: nameProxy(proxy) }),
  };
}
