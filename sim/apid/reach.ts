import type { NodeState } from '../model/node-state.ts';
import { StatusError } from '../status.ts';

/** The failure of the connection to a node as the endpoint reports it; `hang`: no answer; undefined: it is reachable. */
export function reach(node: NodeState): StatusError | 'hang' | undefined {
  switch (node.presence) {
    case 'up':
      return undefined;
    case 'frozen':
    case 'machined-hung':
      return 'hang';
    case 'dead':
      return dialError(node.address, 'connect: connection refused');
    case 'no-route':
      return dialError(node.address, 'connect: no route to host');
    case 'black-hole':
      return dialError(node.address, 'i/o timeout');
    case 'maintenance':
    case 'other-ca':
      return new StatusError(
        'UNAVAILABLE',
        'connection error: desc = "transport: authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"',
      );
  }
}

/** How long the endpoint needs to find that out, in milliseconds. */
export function reachDelay(node: NodeState): number {
  return node.presence === 'black-hole' ? 15_000 : 0;
}

export function dialError(address: string, reason: string): StatusError {
  const target = `dial tcp ${address}:50000`;
  return new StatusError(
    'UNAVAILABLE',
    `connection error: desc = "transport: Error while dialing: ${target}: ${reason}"`,
  );
}
