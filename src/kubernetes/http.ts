import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { createGunzip } from 'node:zlib';
import { connectionsThrough } from '../net/https.ts';
import { type Proxying, proxyFor } from '../net/proxy.ts';
import type { HostPort } from '../values/address.ts';
import { ok } from '../values/result.ts';
import type { Access } from './kubeconfig.ts';
import type { Answer, Bounds } from './model.ts';
import { noConnection } from './probe.ts';
import { failed, troubleOf } from './trouble.ts';

/** An HTTPS client with the credentials of a kubeconfig. */
export interface Session extends Disposable {
  /**
   * The complete response, of any status. A response above the limit in bytes is `malformed`.
   * @param at the server to query instead of the one in the kubeconfig
   */
  get(
    path: string,
    bounds: Bounds,
    mostBytes: number,
    at?: HostPort,
  ): Promise<Answer<{ status: number; body: string }>>;
  /** The response once its headers have arrived. Its body has no deadline; the signal aborts it. */
  open(path: string, opening: Bounds): Promise<Answer<IncomingMessage>>;
}

interface Target {
  readonly path: string;
  readonly at?: HostPort | undefined;
}

/** TCP keepalive interval in milliseconds: it detects connections that were lost without a reset. */
const keepAlive = 10_000;

/** @param proxying for kubeconfigs without `proxy-url` */
export function openSession({ config, server, proxied }: Access, proxying?: Proxying): Session {
  const kept = { keepAlive: true, keepAliveMsecs: keepAlive };
  const direct = new Agent(kept);
  const led = proxying && connectionsThrough(proxying.proxy, kept);
  const agentFor = (to: HostPort): Agent => (proxyFor(proxying, to) === undefined ? direct : (led ?? direct));

  /** TLS options, token and headers of the kubeconfig; an exec credential plugin may have to run first. */
  async function optionsFor(path: string, at: HostPort | undefined, signal: AbortSignal): Promise<RequestOptions> {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const host = at?.host ?? server.hostname.replace(/^\[|\]$/g, '');
    const port = at?.port ?? (server.port === '' ? 443 : Number(server.port));
    return {
      ...options,
      ...(proxied ? {} : { agent: agentFor({ host, port }) }),
      rejectUnauthorized: options.rejectUnauthorized ?? true,
      host,
      port,
      path: at === undefined ? `${server.pathname.replace(/\/$/, '')}${path}` : path,
      headers: {
        ...options.headers,
        accept: 'application/json',
        // A list of 1,000 nodes has ten megabytes, compressed less than one.
        'accept-encoding': 'gzip',
        'user-agent': 'talos-health',
      },
      signal,
    };
  }

  /** @param read consumes the response and resolves; until then the signal aborts the request */
  async function ask<T>(
    { path, at }: Target,
    bounds: Bounds,
    ended: AbortSignal,
    read: (response: IncomingMessage, resolve: (value: Answer<T>) => void, reject: (error: unknown) => void) => void,
  ): Promise<Answer<T>> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer<T>>();
    let hasCredentials = false;
    let isConnected = false;
    const giveUp = (): void => reject(new Error('given up'));
    ended.addEventListener('abort', giveUp, { once: true });
    const send = async (): Promise<void> => {
      let options: RequestOptions;
      try {
        options = await optionsFor(path, at, ended);
      } catch {
        // The output of an exec credential plugin may contain secrets.
        resolve(failed('other', 'UNAUTHENTICATED', 'the kubeconfig gives no credentials: its command or file failed'));
        return;
      }
      hasCredentials = true;
      ended.throwIfAborted();
      const sent = request(options, (response) => read(response, resolve, reject));
      sent.on('socket', (socket) => {
        socket.setKeepAlive(true, keepAlive);
        isConnected = !socket.connecting;
        socket.once('connect', () => {
          isConnected = true;
        });
      });
      sent.on('error', reject);
      sent.end();
    };
    try {
      send().catch(reject);
      return await promise;
    } catch (error) {
      if (bounds.signal.aborted) {
        return failed('cancelled', 'CANCELLED', 'cancelled');
      }
      if (!ended.aborted) {
        return troubleOf(error);
      }
      if (hasCredentials && !isConnected) {
        return noConnection(bounds);
      }
      const late = hasCredentials ? 'no answer' : "no credentials of the kubeconfig's command";
      return failed('timeout', 'TIMEOUT', `${late} within ${bounds.timeout} ms`);
    } finally {
      ended.removeEventListener('abort', giveUp);
    }
  }

  return {
    get(path, bounds, mostBytes, at) {
      const ended = AbortSignal.any([bounds.signal, AbortSignal.timeout(bounds.timeout)]);
      return ask({ path, at }, bounds, ended, (response, resolve, reject) => {
        // The close event that follows reports the error.
        response.on('error', () => undefined);
        const gunzip = response.headers['content-encoding'] === 'gzip' ? createGunzip() : undefined;
        gunzip?.on('error', () => resolve(failed('malformed', 'MALFORMED', 'the answer is cut off, or no gzip')));
        const body = gunzip === undefined ? response : response.pipe(gunzip);
        const chunks: Buffer[] = [];
        let size = 0;
        body.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          size += chunk.length;
          if (size > mostBytes) {
            resolve(failed('malformed', 'TOO_LONG', `the answer was given up: it has more than ${mostBytes} bytes`));
            response.destroy();
            gunzip?.destroy();
          }
        });
        response.on('close', () => {
          if (!response.complete) {
            reject(Object.assign(new Error('the answer was cut off'), { code: 'ECONNRESET' }));
          }
        });
        body.on('end', () =>
          resolve(ok({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') })),
        );
      });
    },
    async open(path, opening) {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), opening.timeout);
      const ended = AbortSignal.any([opening.signal, late.signal]);
      try {
        return await ask({ path }, opening, ended, (response, resolve) => {
          // Paused until the caller reads the body.
          response.on('error', () => undefined);
          resolve(ok(response));
        });
      } finally {
        clearTimeout(timer);
      }
    },
    [Symbol.dispose]: () => {
      direct.destroy();
      led?.destroy();
    },
  };
}
