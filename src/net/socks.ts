import type { Socket } from 'node:net';
import { SocksClient, SocksClientError } from 'socks';
import { formatHostPort, type HostPort } from '../values/address.ts';
import { nameProxy, type ProxyServer } from './proxy.ts';

/** What a proxy replies instead of success (RFC 1928), under the library's names, with Node's code where the network has one. */
const replies: Readonly<Record<string, readonly [why: string, code?: string]>> = {
  Failure: ['it failed'],
  NotAllowed: ['its rules do not allow it'],
  NetworkUnreachable: ['there is no route to the network', 'ENETUNREACH'],
  HostUnreachable: ['there is no route to the host', 'EHOSTUNREACH'],
  ConnectionRefused: ['the connection was refused', 'ECONNREFUSED'],
  TTLExpired: ['the time ran out', 'ETIMEDOUT'],
  CommandNotSupported: ['it does not know the command'],
  AddressNotSupported: ['it does not know the kind of address'],
};

/** Of a user name or a password (RFC 1929). The library throws for more where nobody can catch it. */
const mostBytes = 255;

/**
 * Has a SOCKS 5 proxy lead a connection on. Names are left to the proxy: they
 * may mean something only there.
 *
 * @throws {Error} in words that name the proxy, without its login
 */
export async function greetSocks(socket: Socket, proxy: ProxyServer, target: HostPort): Promise<void> {
  const { host, port, login: { user, password } = { user: '', password: '' } } = proxy;
  if ([user, password].some((text) => Buffer.byteLength(text) > mostBytes)) {
    throw new Error(`the proxy ${nameProxy(proxy)} refuses the login of its URL`);
  }
  try {
    await SocksClient.createConnection({
      command: 'connect',
      existing_socket: socket,
      proxy: { host, port, type: 5, userId: user, password },
      destination: { host: target.host, port: target.port },
    });
  } catch (error) {
    throw error instanceof SocksClientError ? explained(error.message, proxy, target) : error;
  }
}

/** The library tells what went wrong only by its message, one of its `ERRORS` or the socket's own. */
function explained(message: string, proxy: ProxyServer, target: HostPort): Error {
  const name = nameProxy(proxy);
  const [, rejected] = /rejected connection - (.*)$/.exec(message) ?? [];
  if (rejected !== undefined) {
    const [why = 'its reply is none of SOCKS 5', code] = replies[rejected] ?? [];
    const error = new Error(`the proxy ${name} does not connect to ${formatHostPort(target)}: ${why}`);
    return code === undefined ? error : Object.assign(error, { code });
  }
  if (message.includes('invalid socks version')) {
    return new Error(`what answers at ${name} is no SOCKS 5 proxy`);
  }
  if (/authentication/i.test(message)) {
    const refused = proxy.login === undefined ? 'wants a login, and its URL has none' : 'refuses the login of its URL';
    return new Error(`the proxy ${name} ${refused}`);
  }
  return new Error(
    message.startsWith('the proxy ') ? message : `the proxy ${name} ended the connection without an answer`,
  );
}
