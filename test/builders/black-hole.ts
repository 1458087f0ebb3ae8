import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { HostPort } from '../../src/values/address.ts';

/** Listens and never accepts: once the backlog is full, packets of further connections are dropped. */
const program = `
  const server = require('node:net').createServer();
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
    require('node:fs').writeSync(1, String(server.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

export interface BlackHole extends AsyncDisposable {
  readonly at: HostPort;
}

/** A port on which connections time out, as behind a firewall that drops packets. Linux only. */
export async function startBlackHole(): Promise<BlackHole> {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output] = await once(child.stdout, 'data');
  const at: HostPort = { host: '127.0.0.1', port: Number(String(output)) };
  const queued: Socket[] = [];
  for (let full = false; !full; ) {
    const socket = connect(at);
    socket.on('error', () => undefined);
    queued.push(socket);
    const timeout = new AbortController();
    const connected = once(socket, 'connect', { signal: timeout.signal }).then(
      () => true,
      () => false,
    );
    const timer = setTimeout(() => timeout.abort(), 300);
    full = !(await connected);
    clearTimeout(timer);
  }
  return {
    at,
    [Symbol.asyncDispose]: async () => {
      for (const socket of queued) {
        socket.destroy();
      }
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
