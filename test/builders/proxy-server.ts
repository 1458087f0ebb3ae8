import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';

/** A proxy that records its requests. */
export interface ProxyServer extends AsyncDisposable {
  readonly port: number;
  /** `host:port` of every requested connection, in order. */
  readonly targets: readonly string[];
}

interface ProxySettings {
  /** The required `user:password`. */
  readonly login?: string;
  /** The status with which it refuses every request. */
  readonly refuse?: number;
  /** Names that only the proxy can resolve, with their addresses. */
  readonly names?: Readonly<Record<string, string>>;
  /** Key and certificate in PEM; makes it an HTTPS proxy. */
  readonly identity?: { readonly key: string; readonly cert: string };
}

/** An HTTP proxy with CONNECT. */
export async function startProxy(settings: ProxySettings = {}): Promise<ProxyServer> {
  const { login, refuse, names = {}, identity } = settings;
  const targets: string[] = [];
  const server: Server = identity === undefined ? createServer() : createSecureServer(identity);
  server.on('connect', (request, near: Socket) => {
    const target = request.url ?? '';
    targets.push(target);
    near.on('error', () => near.destroy());
    const expected = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
    const status = refuse ?? (request.headers['proxy-authorization'] === expected ? 200 : 407);
    if (status !== 200) {
      near.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const [, v6, name = '', port] = /^(?:\[(.+)\]|([^:]*)):(\d+)$/.exec(target) ?? [];
    join(near, connect(Number(port), names[name] ?? v6 ?? name), () => near.write('HTTP/1.1 200 OK\r\n\r\n'));
  });
  return await listening(server, targets);
}

/** A SOCKS 5 proxy, with no authentication or with user name and password. */
export async function startSocks({
  login,
  names = {},
}: Pick<ProxySettings, 'login' | 'names'> = {}): Promise<ProxyServer> {
  const targets: string[] = [];
  async function serve(near: Socket): Promise<void> {
    const chunks = near[Symbol.asyncIterator]();
    const next = async (): Promise<Buffer> => Buffer.from((await chunks.next()).value ?? []);
    const [version, , ...methods] = await next();
    const method = login === undefined ? 0 : 2;
    near.write(Buffer.of(5, version === 5 && methods.includes(method) ? method : 255));
    if (login !== undefined) {
      const credentials = await next();
      const user = credentials.subarray(2, 2 + (credentials[1] ?? 0)).toString();
      const password = credentials.subarray(3 + (credentials[1] ?? 0)).toString();
      near.write(Buffer.of(1, `${user}:${password}` === login ? 0 : 1));
    }
    const request = await next();
    const length = request[3] === 3 ? (request[4] ?? 0) + 1 : 4;
    const name = request[3] === 3 ? request.subarray(5, 4 + length).toString() : [...request.subarray(4, 8)].join('.');
    const port = request.readUInt16BE(4 + length);
    targets.push(`${name}:${port}`);
    const far = connect(port, names[name] ?? name);
    far.on('connect', () => near.write(Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0)));
    far.on('error', () => near.end(Buffer.of(5, 5, 0, 1, 0, 0, 0, 0, 0, 0)));
    far.on('data', (bytes) => near.write(bytes));
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    for (let bytes = await next(); bytes.length > 0; bytes = await next()) {
      far.write(bytes);
    }
  }
  const server = createTcpServer((near) => {
    near.on('error', () => near.destroy());
    // A client that disconnects, or uses another protocol, gets no answer.
    serve(near).catch(() => near.destroy());
  });
  return await listening(server, targets);
}

function join(near: Socket, far: Socket, ready: () => void): void {
  far.on('connect', () => {
    ready();
    near.pipe(far).pipe(near);
  });
  far.on('error', () => near.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'));
  far.on('close', () => near.destroy());
  near.on('close', () => far.destroy());
}

async function listening(server: TcpServer, targets: readonly string[]): Promise<ProxyServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    targets,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
