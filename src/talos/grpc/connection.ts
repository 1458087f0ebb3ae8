import { lookup } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import { nameProxy, type ProxyServer } from '../../net/proxy.ts';
import { serverValidity } from '../../net/server-certificate.ts';
import { openTunnel } from '../../net/tunnel.ts';
import { formatHostPort, type HostPort } from '../../values/address.ts';
import type { Validity } from '../../values/validity.ts';
import { classify } from '../classify.ts';
import type { Authentication } from './authentication.ts';
import type { Channel, Usage } from './call.ts';
import { connectFirst } from './happy-eyeballs.ts';
import { reasonOf } from './rpc.ts';
import { openSession, type Session } from './session.ts';
import { secure } from './tls.ts';
import { connectTransport, type Transport } from './transport.ts';

/** A channel that reconnects. Whoever opens it closes it. */
export interface Connection extends Channel, Session {
  /** Of the certificate that the endpoint showed when it was last connected. */
  readonly serverCertificate: Validity | undefined;
}

async function addressesOf(name: string): Promise<readonly string[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}

/** Loaded with the first signature that is refused. */
function lazyClock(
  ...args: Parameters<typeof import('./server-clock.ts').openServerClock>
): NonNullable<Channel['clockOffset']> {
  let clock: Promise<() => Promise<number | undefined>> | undefined;
  return async () => {
    clock ??= import('./server-clock.ts').then(({ openServerClock }) => openServerClock(...args));
    return (await clock)();
  };
}

/**
 * Returns at once: the first call connects, and so does the first call after the
 * connection is lost.
 *
 * @param proxy forwards the connection to the endpoint
 */
export function connect(
  endpoint: HostPort,
  { contexts, headers }: Authentication,
  usage?: Usage,
  proxy?: ProxyServer,
): Connection {
  const authority = formatHostPort(endpoint);
  const { host, port } = proxy ?? endpoint;
  let [context, ...others] = contexts;
  let serverCertificate: Validity | undefined;
  const secured = async (socket: Socket): Promise<Socket> => {
    const tunnel = proxy === undefined ? socket : await openTunnel({ socket, proxy, target: endpoint });
    const tls = await secure(tunnel, context(), endpoint);
    serverCertificate = serverValidity(tls);
    return tls;
  };
  const open = (address: string, signal: AbortSignal) =>
    connectTransport({ host: address, port, authority }, secured, signal);
  const openFirst = async (signal: AbortSignal) =>
    proxy === undefined && isIP(host) === 0
      ? await connectFirst(await addressesOf(host), open, signal)
      : await open(host, signal);
  const openTrusted = async (signal: AbortSignal): Promise<Transport> => {
    try {
      return await openFirst(signal);
    } catch (error) {
      const [next, ...rest] = others;
      if (next === undefined || !isUntrusted(error)) {
        throw error;
      }
      [context, others] = [next, rest];
      return await openTrusted(signal);
    }
  };
  return {
    endpoint: authority,
    get serverCertificate() {
      return serverCertificate;
    },
    ...openSession(openTrusted),
    ...(headers && { headers, clockOffset: lazyClock(endpoint, () => context(), proxy) }),
    ...(usage && { usage }),
    ...(proxy && { proxy: nameProxy(proxy) }),
  };
}

/** The certificate of the server is of an authority that is not among those that were tried. */
function isUntrusted(error: unknown): boolean {
  return classify({ code: 'UNAVAILABLE', details: reasonOf(error), connected: false }, '').kind === 'wrong-ca';
}
