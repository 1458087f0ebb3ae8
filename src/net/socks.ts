import type { Socket } from 'node:net';
import { SocksClient, SocksClientError } from 'socks';
import { formatHostPort, type HostPort } from '../values/address.ts';
import { nameProxy, type ProxyServer } from './proxy.ts';

/** The error replies of a proxy (RFC 1928) by the names of the library, with the error code of Node if there is one. */
const replies: Readonly<Record<string, readonly [reason: string, code?: string]>> = {
  Failure: ['it failed'],
  NotAllowed: ['its rules do not allow it'],
  NetworkUnreachable: ['there is no route to the network', 'ENETUNREACH'],
  HostUnreachable: ['there is no route to the host', 'EHOSTUNREACH'],
  ConnectionRefused: ['the connection was refused', 'ECONNREFUSED'],
  TTLExpired: ['the time ran out', 'ETIMEDOUT'],
  CommandNotSupported: ['it does not know the command'],
  AddressNotSupported: ['it does not know the kind of address'],
};

/** The length of a user name or a password in bytes (RFC 1929). For longer ones, the library throws an error that cannot be caught. */
const maxBytes = 255;

/**
 * Connects to the target through a SOCKS 5 proxy, which resolves names: some may
 * exist only in its network.
 *
 * @throws {Error} with a message that names the proxy, without its login
 */
export async function connectSocks(socket: Socket, proxy: ProxyServer, target: HostPort): Promise<void> {
  const { host, port, login: { user, password } = { user: '', password: '' } } = proxy;
  if ([user, password].some((text) => Buffer.byteLength(text) > maxBytes)) {
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
    throw error instanceof SocksClientError ? socksError(error.message, proxy, target) : error;
  }
}

/** The library only has messages: one of its `ERRORS`, or that of the socket. */
function socksError(message: string, proxy: ProxyServer, target: HostPort): Error {
  const name = nameProxy(proxy);
  const [, rejected] = /rejected connection - (.*)$/.exec(message) ?? [];
  if (rejected !== undefined) {
    const [reason = 'its reply is none of SOCKS 5', code] = replies[rejected] ?? [];
    const error = new Error(`the proxy ${name} does not connect to ${formatHostPort(target)}: ${reason}`);
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
