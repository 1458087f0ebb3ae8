import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/**
 * A thread that listens, and then sleeps: the kernel takes as many connections
 * as fit into the queue and drops the packets of all others, as a firewall
 * does. It is plain JavaScript, since it runs from its text.
 */
const program = `
const { parentPort, workerData } = require('node:worker_threads');
const server = require('node:net').createServer();
server.once('error', (error) => { throw error; });
server.listen({ ...workerData, backlog: 1, exclusive: true }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;

/** Connections that fill the queue of a backlog of 1: Linux takes one more than it says. */
const queued = 2;

/** A port from which nothing comes back, not even a refusal. Only Linux drops what does not fit into the queue. */
export interface Unanswered {
  readonly port: number;
  end(): Promise<void>;
}

export async function openUnanswered(host: string, port: number): Promise<Unanswered> {
  const worker = new Worker(program, { eval: true, workerData: { host, port } });
  worker.unref();
  const [listening]: number[] = await once(worker, 'message');
  const fillers = await Promise.all(Array.from({ length: queued }, () => fill(host, listening ?? port)));
  return {
    port: listening ?? port,
    async end() {
      for (const socket of fillers) socket.destroy();
      await worker.terminate();
    },
  };
}

async function fill(host: string, port: number): Promise<Socket> {
  const socket = connect({ host, port });
  socket.on('error', () => socket.destroy());
  socket.unref();
  await once(socket, 'connect');
  return socket;
}
