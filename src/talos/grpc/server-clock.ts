import { type RequestOptions, request } from 'node:https';
import { connectionsThrough } from '../../net/https.ts';
import type { ProxyServer } from '../../net/proxy.ts';
import type { HostPort } from '../../values/address.ts';
import type { TrustedContext } from './tls.ts';

/** Timeout of the request, and how long its answer is used, in milliseconds. */
const timeout = 2000;
const freshness = 5000;

/**
 * By how much the clock of an HTTP server is ahead, in milliseconds: by the `date` of its answer to
 * a plain request, since the answers of gRPC for Go have none. Undefined if it tells no time.
 */
export function openServerClock(
  { host, port }: HostPort,
  context: TrustedContext,
  proxy?: ProxyServer,
): () => Promise<number | undefined> {
  const options: RequestOptions = {
    method: 'HEAD',
    host,
    port,
    path: '/',
    timeout,
    rejectUnauthorized: true,
  };
  const agent = proxy === undefined ? false : connectionsThrough(proxy);
  let asked: { readonly at: number; readonly offset: Promise<number | undefined> } | undefined;

  const ask = (): Promise<number | undefined> =>
    new Promise((resolve) => {
      const asking = request({ ...options, agent, ...{ secureContext: context() } }, (answer) => {
        answer.resume();
        const time = Date.parse(answer.headers.date ?? '');
        resolve(Number.isNaN(time) ? undefined : time - Date.now());
      });
      asking.on('timeout', () => asking.destroy());
      asking.on('error', () => resolve(undefined));
      asking.end();
    });

  return () => {
    if (asked === undefined || Math.abs(Date.now() - asked.at) > freshness) {
      asked = { at: Date.now(), offset: ask() };
    }
    return asked.offset;
  };
}
