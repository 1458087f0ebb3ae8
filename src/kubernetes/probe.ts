import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ProxyServer } from '../net/proxy.ts';
import { serverValidity } from '../net/server-certificate.ts';
import { openTcp } from '../net/tcp.ts';
import { formatHostPort, type HostPort } from '../values/address.ts';
import { type Err, err, ok } from '../values/result.ts';
import type { Validity } from '../values/validity.ts';
import type { Answer, Bounds, Trouble } from './model.ts';
import { failed, troubleOf } from './trouble.ts';

export interface ProbeAnswer {
  readonly url: string;
  readonly status: number;
  readonly body: string;
  /** Of its certificate. */
  readonly certificate?: Validity;
}

export interface ProbeBounds extends Bounds {
  /** Cancels the connection attempt, but not an established connection. */
  readonly connecting: AbortSignal;
}

/** Characters: enough for the failed checks of `/readyz`. A server that cannot be verified may send an endless body. */
const bodyLimit = 4096;

/**
 * Requests `/readyz` of a kube-apiserver anonymously. Without the Kubernetes CA
 * the server cannot be verified, so no credentials are sent. The error is
 * `timeout` if the server accepts the connection and does not respond, and
 * `connect-timeout` if the connection is not established in time.
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
    return ended.aborted ? noConnection(bounds) : unconnected(troubleOf(error).error, proxy);
  }
  try {
    return ok(await requestReadyz(server, socket, ended));
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

/** Whether a port accepts a TCP connection before the signal aborts. */
export async function takesConnections(target: HostPort, signal: AbortSignal, proxy?: ProxyServer): Promise<boolean> {
  try {
    (await openTcp(target, signal, proxy)).destroy();
    return true;
  } catch {
    return false;
  }
}

/** The error if no TCP connection was established in time. */
export function noConnection({ timeout }: Bounds): Err<Trouble> {
  return failed('connect-timeout', 'TIMEOUT', `no connection within ${timeout} ms`);
}

function unconnected(trouble: Trouble, proxy: ProxyServer | undefined): Err<Trouble> {
  const { kind } = trouble;
  const proxied = proxy !== undefined && kind === 'other' ? 'proxy' : kind;
  return err({ ...trouble, kind: kind === 'timeout' ? 'connect-timeout' : proxied });
}

function requestReadyz(server: HostPort, socket: Socket, signal: AbortSignal): Promise<ProbeAnswer> {
  const host = formatHostPort(server);
  return new Promise((resolve, reject) => {
    const tlsSocket = connectTls({ socket, rejectUnauthorized: false, ca: [], servername: '' });
    const outgoing = request(
      { method: 'GET', path: '/readyz?verbose', headers: { host }, signal, createConnection: () => tlsSocket },
      (response) => {
        let body = '';
        const certificate = serverValidity(tlsSocket);
        const done = (): void =>
          resolve({
            url: `https://${host}/readyz`,
            status: response.statusCode ?? 0,
            body: body.slice(0, bodyLimit),
            ...(certificate && { certificate }),
          });
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
    outgoing.on('error', reject);
    outgoing.end();
  });
}
