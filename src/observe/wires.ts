import type { HostPort } from '../config/address.ts';
import type { TalosContext } from '../config/talosconfig.ts';
import type { Wire } from '../talos/call.ts';
import { connect, secureContext } from '../talos/connection.ts';

/** A connection with the host it leads to, as the user wrote it. */
export interface EndpointWire {
  readonly host: string;
  readonly wire: Wire;
}

/** One connection an endpoint; they outlive the rounds. */
export interface Wires extends Disposable {
  readonly all: readonly EndpointWire[];
}

/** Opens nothing yet: each endpoint is connected to by its first call. */
export function openWires(endpoints: readonly HostPort[], context: TalosContext): Wires {
  const secure = secureContext(context);
  const all = endpoints.map((endpoint) => ({ host: endpoint.host, wire: connect(endpoint, secure) }));
  return {
    all,
    [Symbol.dispose]: () => {
      for (const { wire } of all) {
        wire.client.close();
      }
    },
  };
}
