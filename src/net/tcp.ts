import { connect, type Socket } from 'node:net';
import type { HostPort } from '../values/address.ts';
import type { ProxyServer } from './proxy.ts';
import { connectThrough } from './tunnel.ts';

/**
 * A TCP connection, straight or through a proxy.
 *
 * @param signal ends the attempt, but not the connection once it is there
 * @throws the network's reason, the proxy's, or the signal's
 */
export function openTcp(target: HostPort, signal: AbortSignal, proxy?: ProxyServer): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const direct = proxy === undefined ? connect({ host: target.host, port: target.port }) : undefined;
  const giveUp = (): void => {
    direct?.destroy();
    reject(signal.reason);
  };
  if (signal.aborted) {
    giveUp();
  }
  signal.addEventListener('abort', giveUp, { once: true });
  const done = (socket: Socket): void => {
    // Whoever gets the socket listens for its errors; between the two nobody does.
    socket.on('error', () => undefined);
    if (signal.aborted) {
      socket.destroy();
    }
    resolve(socket);
  };
  if (direct !== undefined) {
    direct.once('connect', () => done(direct));
    direct.on('error', reject);
  } else if (proxy !== undefined) {
    connectThrough(proxy, target).then(done, reject);
  }
  return promise.finally(() => signal.removeEventListener('abort', giveUp));
}
