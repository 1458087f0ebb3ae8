import { connect, type Socket } from 'node:net';
import type { HostPort } from '../values/address.ts';
import type { ProxyServer } from './proxy.ts';
import { connectThrough } from './tunnel.ts';

/**
 * Opens a TCP connection, directly or through a proxy.
 *
 * @param signal ends the attempt, but not an open connection
 * @throws the error of the network or the proxy, or the reason of the signal
 */
export function openTcp(target: HostPort, signal: AbortSignal, proxy?: ProxyServer): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const direct = proxy === undefined ? connect({ host: target.host, port: target.port }) : undefined;
  const abort = (): void => {
    direct?.destroy();
    reject(signal.reason);
  };
  if (signal.aborted) {
    abort();
  }
  signal.addEventListener('abort', abort, { once: true });
  const done = (socket: Socket): void => {
    // The caller adds its own listener for errors, but not before the promise resolves.
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
  return promise.finally(() => signal.removeEventListener('abort', abort));
}
