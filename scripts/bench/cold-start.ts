import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { BenchCluster } from './cluster.ts';
import { run, start } from './processes.ts';
import { median } from './statistics.ts';
import { milliseconds, table, times } from './table.ts';

const rounds = 15;

/** Milliseconds from the start of a process to its first connection to the endpoint (`host:port`). */
async function timeToConnection(launch: (endpoint: string) => ReturnType<typeof start>): Promise<number> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the server does not listen on a port');
  }
  const connected = once(server, 'connection');
  const startedAt = performance.now();
  const child = launch(`127.0.0.1:${address.port}`);
  await connected;
  const took = performance.now() - startedAt;
  child.kill();
  await child.ended;
  server.close();
  return took;
}

/** Measures the time to the first connection. */
export async function coldStart(floor: string, { talosconfig, floor: target }: BenchCluster): Promise<string> {
  const subjects: readonly (readonly [name: string, measure: () => Promise<number>])[] = [
    ['an empty Node process', async () => (await run(['--eval', ''])).wall],
    ['`talos-health --version`', async () => (await run(['dist/cli.cjs', '--version'])).wall],
    [
      'bare `node:http2` client, to its first connection',
      () =>
        timeToConnection((endpoint) => {
          const path = `${target}.cold-start`;
          writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(target, 'utf8')), endpoint }));
          return start([floor, path]);
        }),
    ],
    [
      'the action, to its first connection',
      () =>
        timeToConnection((endpoint) =>
          start(['dist/action.cjs'], { INPUT_TALOSCONFIG: talosconfig, INPUT_ENDPOINTS: endpoint }),
        ),
    ],
  ];
  const taken = subjects.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, [, measure]] of subjects.entries()) {
      taken[index]?.push(await measure());
    }
  }
  const empty = median(taken[0] ?? []);
  return table(
    ['', 'median', 'of an empty process'],
    subjects.map(([name], index) => {
      const typical = median(taken[index] ?? []);
      return [name, milliseconds(typical), times(typical / empty)];
    }),
  );
}
