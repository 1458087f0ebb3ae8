import type { Socket } from 'node:net';
import { CallCredentials, type ChannelOptions, type experimental, Metadata, status } from '@grpc/grpc-js';
import { Http2SubchannelConnector, type Transport } from '@grpc/grpc-js/build/src/transport.js';

/**
 * Everything that the gate uses of `@grpc/grpc-js`. Nothing else in `src` imports
 * it, and `test/talos/grpc/transport.test.ts` names each piece that an upgrade changes.
 *
 * A gRPC channel resolves names, balances load, queues calls and retries them. The
 * gate has one connection per endpoint and fails over by itself. Channels delay a
 * healthy verdict at 100 nodes by more than a tenth, so the gate uses the HTTP/2
 * transport below them, which is not part of the public API.
 */

/** Private: an HTTP/2 connection that carries calls. The public API only has channels, which decide themselves when to connect. */
export type { Transport };

/** Public API: the headers of a call, and the status codes with their names. */
export { Metadata, status as Status };

/** Private: one call on a connection. The public `Client` wraps it in a stream, interceptors and retries. */
export type TransportCall = ReturnType<Transport['createCall']>;

/** Private: receives the response of a call: framed messages, then the status with the HTTP/2 error code. */
export type TransportListener = Parameters<Transport['createCall']>[3];

const options: ChannelOptions = {
  // The limit of Talos's own clients. gRPC's default of 4 MiB is too small for the responses of a large cluster.
  'grpc.max_receive_message_length': 32 * 1024 * 1024,
  // With HTTP/2's default of 64 KiB, the responses of 100 nodes take ten round trips. A paused stream still applies back pressure.
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
  // The gate does not use its statistics.
  'grpc.enable_channelz': 0,
};

interface TransportTarget {
  /** An IP address, or the name of a proxy. */
  readonly host: string;
  readonly port: number;
  /** `host:port` of the endpoint. */
  readonly authority: string;
}

/**
 * Opens a connection.
 *
 * Private: `Http2SubchannelConnector`, which channels open their connections with.
 * The public way to secure a connection (`ChannelCredentials`) supports neither
 * HTTPS and SOCKS proxies nor an IP address as the name that a certificate is checked against.
 *
 * @param secure secures the TCP connection
 * @param signal ends the attempt, but not a connection that is up
 */
export function connectTransport(
  { host, port, authority }: TransportTarget,
  secure: (socket: Socket) => Promise<Socket>,
  signal: AbortSignal,
): Promise<Transport> {
  const connector: experimental.SecureConnector = {
    connect: async (socket) => ({ socket: await secure(socket), secure: true }),
    waitForReady: async () => undefined,
    getCallCredentials: () => CallCredentials.createEmpty(),
    destroy: () => undefined,
  };
  // In gRPC's `dns` scheme the path of a target is its authority. A connector handles one attempt at a time.
  return new Http2SubchannelConnector({ scheme: 'dns', path: authority }).connect(
    // The address is passed to `net.connect`, which destroys the socket when the signal aborts.
    { host, port, ...{ signal } },
    connector,
    options,
  );
}
