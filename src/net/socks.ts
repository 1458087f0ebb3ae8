import { isIP, type Socket } from 'node:net';
import { formatHostPort, type HostPort } from '../values/address.ts';
import { parseIp } from '../values/ip.ts';
import { nameProxy, type ProxyServer } from './proxy.ts';

/** What a SOCKS 5 proxy says instead of 0, by RFC 1928. */
const replies: Readonly<Record<number, string>> = {
  1: 'it failed',
  2: 'its rules do not allow it',
  3: 'there is no route to the network',
  4: 'there is no route to the host',
  5: 'the connection was refused',
  6: 'the time ran out',
  7: 'it does not know the command',
  8: 'it does not know the kind of address',
};

/** What those of them that the network would say too are to Node. */
const codes: Readonly<Record<number, string>> = {
  3: 'ENETUNREACH',
  4: 'EHOSTUNREACH',
  5: 'ECONNREFUSED',
  6: 'ETIMEDOUT',
};

/**
 * Has a SOCKS 5 proxy (RFC 1928, with the login of RFC 1929) lead a connection
 * on. Names are left to the proxy: they may mean something only there.
 *
 * @throws {Error} in words that name the proxy, without its login
 */
export async function greetSocks(socket: Socket, proxy: ProxyServer, target: HostPort): Promise<void> {
  const name = nameProxy(proxy);
  const read = reader(socket, `the proxy ${name} ended the connection without an answer`);
  const { login } = proxy;
  socket.write(login === undefined ? Buffer.of(5, 1, 0) : Buffer.of(5, 2, 0, 2));
  const [version = 0, method = 255] = await read(2);
  if (version !== 5) {
    throw new Error(`what answers at ${name} is no SOCKS 5 proxy`);
  }
  if (method === 2 && login !== undefined) {
    const [user, password] = [Buffer.from(login.user), Buffer.from(login.password)];
    socket.write(Buffer.concat([Buffer.of(1, user.length), user, Buffer.of(password.length), password]));
    const [, status = 1] = await read(2);
    if (status !== 0) {
      throw new Error(`the proxy ${name} refuses the login of its URL`);
    }
  } else if (method !== 0) {
    throw new Error(
      `the proxy ${name} ${login === undefined ? 'wants a login, and its URL has none' : 'refuses the login of its URL'}`,
    );
  }
  socket.write(Buffer.concat([Buffer.of(5, 1, 0), addressOf(target), Buffer.of(target.port >> 8, target.port & 255)]));
  const [, reply = 1, , kind = 0] = await read(4);
  if (reply !== 0) {
    const why = replies[reply] ?? `reply ${reply}`;
    const code = codes[reply];
    const error = new Error(`the proxy ${name} does not connect to ${formatHostPort(target)}: ${why}`);
    throw code === undefined ? error : Object.assign(error, { code });
  }
  // Where it is bound, which nobody needs, and the port.
  const length = kind === 4 ? 16 : kind === 3 ? ((await read(1))[0] ?? 0) : 4;
  await read(length + 2);
}

function addressOf({ host }: HostPort): Buffer {
  switch (isIP(host)) {
    case 4:
      return Buffer.of(1, ...parseIp(host));
    case 6:
      return Buffer.of(4, ...parseIp(withoutDots(host)));
    default: {
      const name = Buffer.from(host);
      return Buffer.concat([Buffer.of(3, name.length), name]);
    }
  }
}

/** An address that is mixed with IPv4 at its end, in the words of IPv6. */
function withoutDots(host: string): string {
  return host.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((word) => word.toString(16)).join(':'),
  );
}

/** Reads exactly so many bytes, and leaves what follows them for whoever reads next. */
function reader(socket: Socket, ended: string): (length: number) => Promise<Buffer> {
  return (length) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        socket.off('readable', take);
        socket.off('end', fail);
        socket.off('close', fail);
      };
      const take = (): void => {
        const bytes: unknown = socket.read(length);
        if (bytes instanceof Buffer) {
          stop();
          resolve(bytes);
        }
      };
      const fail = (): void => {
        stop();
        reject(socket.errored?.message.startsWith('the proxy ') ? socket.errored : new Error(ended));
      };
      socket.on('readable', take);
      socket.on('end', fail);
      socket.on('close', fail);
      take();
    });
}
