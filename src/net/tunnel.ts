import { request } from 'node:http';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { formatHostPort, type HostPort } from '../values/address.ts';
import { basic, nameProxy, type ProxyServer } from './proxy.ts';

/** Timeout of the handshake with a proxy, in milliseconds. */
const handshakeTimeout = 10_000;

/** A connection to a proxy, and its target. */
export interface Tunnel {
  readonly socket: Socket;
  readonly proxy: ProxyServer;
  readonly target: HostPort;
}

/**
 * Opens a tunnel to the target through a proxy, with CONNECT or SOCKS 5.
 *
 * @returns a socket to the target, which may not be the one to the proxy
 * @throws {Error} with a message that names the proxy, without its login; the caller destroys the socket
 */
export async function openTunnel({ socket, proxy, target }: Tunnel): Promise<Socket> {
  const name = nameProxy(proxy);
  const timer = setTimeout(
    () => socket.destroy(new Error(`the proxy ${name} does not answer within ${handshakeTimeout / 1000} s`)),
    handshakeTimeout,
  );
  // The caller adds its own listener for errors. Until then, the functions below report them.
  socket.on('error', () => undefined);
  try {
    if (proxy.scheme === 'socks5') {
      // Loaded here, with its library, because most runs do not need it.
      const { connectSocks } = await import('./socks.ts');
      await connectSocks(socket, proxy, target);
      return socket;
    }
    const secure = proxy.scheme === 'https' ? await encrypt(socket, proxy) : socket;
    await sendConnect(secure, proxy, target);
    return secure;
  } finally {
    clearTimeout(timer);
  }
}

/** Connects to a proxy, and opens a tunnel to the target. Rejects as `openTunnel` does, and if the proxy cannot be reached. */
export async function connectThrough(proxy: ProxyServer, target: HostPort): Promise<Socket> {
  const socket = connectTcp({ host: proxy.host, port: proxy.port });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', (error) =>
        reject(new Error(`the proxy ${nameProxy(proxy)} cannot be reached: ${error.message}`)),
      );
    });
    return await openTunnel({ socket, proxy, target });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function encrypt(socket: Socket, proxy: ProxyServer): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const name = isIP(proxy.host) === 0 ? { servername: proxy.host } : { servername: '' };
    const secure = connectTls({ socket, host: proxy.host, ...name }, () => resolve(secure));
    secure.on('error', ({ message }) =>
      reject(new Error(`no TLS connection with the proxy ${nameProxy(proxy)}: ${message}`)),
    );
    secure.once('close', () => reject(ended(proxy)));
  });
}

function sendConnect(socket: Socket, proxy: ProxyServer, target: HostPort): Promise<void> {
  const host = formatHostPort(target);
  const login = proxy.login && { 'proxy-authorization': `Basic ${basic(proxy.login)}` };
  return new Promise((resolve, reject) => {
    const connecting = request({
      method: 'CONNECT',
      path: host,
      headers: { host, ...login },
      createConnection: () => socket,
    });
    connecting.once('connect', ({ statusCode = 0 }, _socket, head) => {
      if (statusCode < 200 || statusCode > 299) {
        reject(new Error(refusal(statusCode, proxy, target)));
        return;
      }
      if (head.length > 0) {
        socket.unshift(head);
      }
      resolve();
    });
    // A response to CONNECT that does not open a tunnel.
    connecting.once('response', () => reject(new Error(`what answers at ${nameProxy(proxy)} is no proxy`)));
    connecting.on('error', (error: NodeJS.ErrnoException) => {
      const isNotHttp = error.code?.startsWith('HPE_') === true;
      const failure = isNotHttp ? new Error(`what answers at ${nameProxy(proxy)} is no HTTP proxy`) : undefined;
      reject(failure ?? (error.message.startsWith('the proxy ') ? error : ended(proxy)));
    });
    connecting.end();
  });
}

function refusal(status: number, proxy: ProxyServer, target: HostPort): string {
  const name = nameProxy(proxy);
  if (status === 407) {
    return proxy.login === undefined
      ? `the proxy ${name} wants a login (407), and its URL has none`
      : `the proxy ${name} refuses the login of its URL (407)`;
  }
  return status >= 500
    ? `the proxy ${name} cannot connect to ${formatHostPort(target)} (${status})`
    : `the proxy ${name} does not allow connections to ${formatHostPort(target)} (${status})`;
}

function ended(proxy: ProxyServer): Error {
  return new Error(`the proxy ${nameProxy(proxy)} ended the connection without an answer`);
}
