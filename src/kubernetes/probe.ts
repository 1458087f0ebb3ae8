import { request } from 'node:https';
import { formatHostPort, type HostPort } from '../config/address.ts';
import type { ProxyServer } from '../config/proxy.ts';
import { connectionsThrough } from '../network/https.ts';

export interface ProbeAnswer {
  readonly url: string;
  readonly status: number;
  readonly body: string;
}

/** More than the failing parts of `/readyz` take; the rest is of no use and may be endless. */
const bodyLimit = 4096;

/**
 * Asks a kube-apiserver, anonymously, whether it is ready. The gate has no
 * Kubernetes CA, so the server cannot be verified: nothing secret is sent, and
 * an answer is only a sign of life.
 *
 * @param timeout milliseconds until the answer must be there
 * @param proxy leads the connection on, where there is one
 * @throws {Error} with the network's own reason where no answer came
 */
export function probeReadyz(
  server: HostPort,
  timeout: number,
  signal: AbortSignal,
  proxy?: ProxyServer,
): Promise<ProbeAnswer> {
  const url = `https://${formatHostPort(server)}/readyz`;
  return new Promise((resolve, reject) => {
    const outcome = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    const probe = request(
      url,
      {
        agent: proxy === undefined ? false : connectionsThrough(proxy),
        rejectUnauthorized: false,
        ca: [],
        signal: outcome,
        path: '/readyz?verbose',
        servername: '',
      },
      (response) => {
        let body = '';
        const done = (): void => {
          resolve({ url, status: response.statusCode ?? 0, body: body.slice(0, bodyLimit) });
          probe.destroy();
        };
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
    probe.on('error', (error) => {
      reject(signal.aborted || !outcome.aborted ? error : new Error(`no answer within ${timeout} ms`));
    });
    probe.end();
  });
}
