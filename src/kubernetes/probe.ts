import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ProxyServer } from '../net/proxy.ts';
import { openTcp } from '../net/tcp.ts';
import { formatHostPort, type HostPort } from '../values/address.ts';
import type { Answer, Bounds, Trouble } from './model.ts';
import { failed, good, troubleOf } from './trouble.ts';

export interface ProbeAnswer {
  readonly url: string;
  readonly status: number;
  readonly body: string;
}

export interface ProbeBounds extends Bounds {
  /** Ends the attempt to connect, and nothing else. */
  readonly connecting: AbortSignal;
}

/** More than the failing parts of `/readyz` take; the rest is of no use and may be endless. */
const bodyLimit = 4096;

/**
 * Asks a kube-apiserver, anonymously, whether it is ready. The gate has no
 * Kubernetes CA, so the server cannot be verified: nothing secret is sent.
 * A server that connects and is silent (`timeout`) is told apart from one to which
 * there is no connection in time (`connect-timeout`).
 *
 * @param proxy leads the connection on, where there is one
 */
export async function probeReadyz(
  server: HostPort,
  bounds: ProbeBounds,
  proxy?: ProxyServer,
): Promise<Answer<ProbeAnswer>> {
  const ended = AbortSignal.any([bounds.signal, AbortSignal.timeout(bounds.timeout)]);
  const connecting = AbortSignal.any([ended, bounds.connecting]);
  let socket: Socket;
  try {
    socket = await openTcp(server, connecting, proxy);
  } catch (error) {
    if (bounds.signal.aborted) {
      return failed('cancelled', 'CANCELLED', 'cancelled');
    }
    if (bounds.connecting.aborted && !ended.aborted) {
      return failed('connect-timeout', 'TIMEOUT', 'no connection, nor one to the Talos API of this address');
    }
    return ended.aborted ? noConnection(bounds) : unconnected(troubleOf(error).trouble, proxy);
  }
  try {
    return good(await askReadyz(server, socket, ended));
  } catch (error) {
    if (bounds.signal.aborted) {
      return failed('cancelled', 'CANCELLED', 'cancelled');
    }
    return ended.aborted
      ? failed('timeout', 'TIMEOUT', `it takes connections and does not answer within ${bounds.timeout} ms`)
      : troubleOf(error);
  } finally {
    socket.destroy();
  }
}

/** Whether a port takes a TCP connection before the signal aborts. */
export async function takesConnections(target: HostPort, signal: AbortSignal, proxy?: ProxyServer): Promise<boolean> {
  try {
    (await openTcp(target, signal, proxy)).destroy();
    return true;
  } catch {
    // Why not does not matter.
    return false;
  }
}

/** What to say where no TCP connection came about in time: packets vanish on the way. */
export function noConnection({ timeout }: Bounds): { ok: false; trouble: Trouble } {
  return failed('connect-timeout', 'TIMEOUT', `no connection within ${timeout} ms`);
}

function unconnected(trouble: Trouble, proxy: ProxyServer | undefined): { ok: false; trouble: Trouble } {
  const { kind } = trouble;
  const proxied = proxy !== undefined && kind === 'other' ? 'proxy' : kind;
  return { ok: false, trouble: { ...trouble, kind: kind === 'timeout' ? 'connect-timeout' : proxied } };
}

function askReadyz(server: HostPort, socket: Socket, signal: AbortSignal): Promise<ProbeAnswer> {
  const host = formatHostPort(server);
  return new Promise((resolve, reject) => {
    const secured = connectTls({ socket, rejectUnauthorized: false, ca: [], servername: '' });
    const asked = request(
      { method: 'GET', path: '/readyz?verbose', headers: { host }, signal, createConnection: () => secured },
      (response) => {
        let body = '';
        const done = (): void =>
          resolve({ url: `https://${host}/readyz`, status: response.statusCode ?? 0, body: body.slice(0, bodyLimit) });
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
          if (body.length > bodyLimit) {
            done();
          }
        });
        response.on('end', done);
        response.on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}
