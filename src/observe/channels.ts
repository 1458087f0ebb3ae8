import type { TalosContext } from '../credentials/talosconfig.ts';
import { type Proxying, proxyFor } from '../net/proxy.ts';
import type { Meter } from '../talos/call.ts';
import { type Connection, connect, secureContext } from '../talos/connection.ts';
import type { HostPort } from '../values/address.ts';

/** A connection with the host it leads to, as the user wrote it. */
export interface EndpointWire {
  readonly host: string;
  readonly wire: Connection;
  /** A second connection, for watches: a server that allows few streams would make calls queue behind them. */
  readonly watchWire: () => Connection;
}

/** One connection an endpoint; they outlive the rounds. */
export interface Wires extends Disposable {
  readonly all: readonly EndpointWire[];
  /** What all of them have spent so far. */
  readonly meter: Readonly<Meter>;
}

/** Opens nothing yet: each endpoint is connected to by its first call. */
export function openWires(endpoints: readonly HostPort[], context: TalosContext, proxying?: Proxying): Wires {
  const secure = secureContext(context);
  const meter: Meter = { calls: 0, sent: 0, received: 0 };
  const opened: Connection[] = [];
  const open = (endpoint: HostPort): Connection => {
    const wire = connect(endpoint, secure, meter, proxyFor(proxying, endpoint));
    opened.push(wire);
    return wire;
  };
  return {
    meter,
    all: endpoints.map((endpoint) => {
      let watchWire: Connection | undefined;
      return {
        host: endpoint.host,
        wire: open(endpoint),
        watchWire: () => {
          watchWire ??= open(endpoint);
          return watchWire;
        },
      };
    }),
    [Symbol.dispose]: () => {
      for (const wire of opened) {
        wire.close();
      }
    },
  };
}
