import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { Authorities } from '../../sim/pki/authorities.ts';
import { privateKeyPem } from '../../sim/pki/certificate.ts';

/** A faulty endpoint, and a talosconfig that trusts it. */
export interface Hostile extends AsyncDisposable {
  /** `host:port`. */
  readonly endpoint: string;
  readonly talosconfig: string;
}

const authorities = new Authorities(Date.now);

/** Adds the CA of the faulty endpoints to the talosconfig of another cluster. */
export function alsoTrusting(talosconfig: string): string {
  return talosconfig.replace(/ca: (\S+)/, (_, ca: string) => {
    const both = `${Buffer.from(ca, 'base64').toString()}\n${authorities.cluster.certificate}`;
    return `ca: ${Buffer.from(both).toString('base64')}`;
  });
}

/** The TLS options of a Talos endpoint on 127.0.0.1. */
export function serverOptions(): TlsOptions {
  const { certificate, privateKey } = authorities.cluster.server('hostile', ['127.0.0.1', 'localhost']);
  return { cert: certificate, key: privateKeyPem(privateKey, 'PRIVATE KEY'), minVersion: 'TLSv1.3' };
}

export function hostileAt(port: number, stop: () => Promise<void>): Hostile {
  const endpoint = `127.0.0.1:${port}`;
  return {
    endpoint,
    talosconfig: authorities.talosconfig('hostile', 'os:reader', { endpoints: [endpoint] }),
    [Symbol.asyncDispose]: stop,
  };
}

/** Listens on a port. At the end, destroys open sockets, without which the server would not close. */
export async function listen(server: ReturnType<typeof createServer>): Promise<Hostile> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return hostileAt(portOf(server.address()), async () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') {
    throw new Error('the server does not listen on a port');
  }
  return address.port;
}

/** A TCP server that behaves like this on every connection. */
export function onTcp(behave: (socket: Socket) => void): Promise<Hostile> {
  return listen(createServer(behave));
}

/** A TLS server with a valid certificate that behaves like this on every connection. */
export function onTls(behave: (socket: TLSSocket) => void, options: TlsOptions = {}): Promise<Hostile> {
  const server = createTlsServer({ ...serverOptions(), ALPNProtocols: ['h2'], ...options }, behave);
  server.on('secureConnection', (socket) => socket.on('error', () => socket.destroy()));
  return listen(server);
}

/** Writes single bytes until the socket closes. `pause` is the interval in milliseconds. */
export function drip(socket: Writable, bytes: Buffer, pause: number): void {
  let position = 0;
  const timer = setInterval(() => {
    socket.write(bytes.subarray(position, position + 1));
    position += 1;
  }, pause);
  socket.on('close', () => clearInterval(timer));
}

/** The source of a process that listens, and then blocks forever. */
const blocked = `
  require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    require('node:fs').writeSync(1, String(this.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/**
 * A black hole: the accept queue is full, and the kernel silently drops further
 * connections. Only Linux does; other systems refuse them.
 */
export async function blackHole(): Promise<Hostile> {
  const child: ChildProcess = spawn(process.execPath, ['-e', blocked], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [data]: unknown[] = await once(child.stdout ?? child, 'data');
  const port = Number(String(data));
  const fillers = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  await Promise.all(fillers.slice(0, 2).map((socket) => once(socket, 'connect')));
  return hostileAt(port, async () => {
    for (const socket of fillers) {
      socket.destroy();
    }
    child.kill('SIGKILL');
    await once(child, 'close');
  });
}
