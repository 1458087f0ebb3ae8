import type { TalosContext } from '../../credentials/talosconfig.ts';
import { type Proxying, proxyFor } from '../../net/proxy.ts';
import { authenticationOf } from '../../talos/grpc/authentication.ts';
import type { Usage } from '../../talos/grpc/call.ts';
import { type Connection, connect } from '../../talos/grpc/connection.ts';
import type { HostPort } from '../../values/address.ts';

/** The connection to an endpoint. */
export interface EndpointChannel {
  readonly host: string;
  /**
   * It is no machine of the cluster and passes each call without a node to any control plane: what
   * such calls tell belongs to no one machine.
   */
  readonly isGateway: boolean;
  readonly channel: Connection;
  /** A second connection, for watches: if the server limits concurrent streams, calls would queue behind them. */
  readonly watchChannel: () => Connection;
}

/** One connection per endpoint, kept across rounds. */
export interface Channels extends Disposable {
  readonly all: readonly EndpointChannel[];
  /** The usage of all connections so far. */
  readonly usage: Readonly<Usage>;
}

/** Connects lazily: the first call to an endpoint opens its connection. */
export function openChannels(
  endpoints: readonly HostPort[],
  { credentials }: Pick<TalosContext, 'credentials'>,
  proxying?: Proxying,
): Channels {
  const authentication = authenticationOf(credentials);
  const usage: Usage = { calls: 0, sent: 0, received: 0 };
  const opened: Connection[] = [];
  const open = (endpoint: HostPort): Connection => {
    const channel = connect(endpoint, authentication, usage, proxyFor(proxying, endpoint));
    opened.push(channel);
    return channel;
  };
  return {
    usage,
    all: endpoints.map((endpoint) => {
      let watchChannel: Connection | undefined;
      return {
        host: endpoint.host,
        isGateway: credentials.kind === 'service-account',
        channel: open(endpoint),
        watchChannel: () => {
          watchChannel ??= open(endpoint);
          return watchChannel;
        },
      };
    }),
    [Symbol.dispose]: () => {
      for (const channel of opened) {
        channel.close();
      }
    },
  };
}
