import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as timer } from 'node:timers/promises';
import { systemClock } from '../../sim/clock.ts';
import { startCluster } from '../../sim/cluster.ts';
import type { Round } from '../../src/gate/rounds.ts';
import { openChannels } from '../../src/observe/endpoints/channels.ts';
import { openEndpointPool } from '../../src/observe/endpoints/pool.ts';
import { waitForServer } from '../../src/server-mode/wait.ts';
import { flakyEndpoint } from '../builders/flaky-endpoint.ts';
import { optionsFor } from '../gate/simulated.ts';

/** Speed of the clocks of the gate and the cluster, relative to the network. */
const speed = 50;
const clock = systemClock(speed);
const now = (): number => clock.now();
const sleep = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  timer(milliseconds / speed, undefined, { signal }).catch(() => undefined);

test('a silent server is replaced by the next if it does not answer, and kept if it does', async () => {
  await using cluster = await startCluster({}, { clock });
  const fault = await cluster.fault('node-cordoned', 'worker-1');
  const [first = '', second = ''] = cluster.nodes.map(({ endpoint }) => endpoint);
  await using one = await flakyEndpoint(first);
  await using other = await flakyEndpoint(second);
  const endpoints = `${one.endpoint},${other.endpoint}`;
  const inputs = { mode: 'server', 'rpc-timeout': '300ms', 'wait-timeout': '1h', endpoints };
  const options = await optionsFor(cluster, { role: 'os:admin', inputs });
  using channels = openChannels(options.endpoints, options.context);
  const servers: string[] = [];
  const dependencies = {
    now,
    sleep,
    channels,
    pool: openEndpointPool(channels),
    onRound: ({ findings }: Pick<Round, 'findings'>) => {
      const [server = ''] = (findings.find(({ check }) => check === 'server-check')?.message ?? '').split(' ');
      const isOne = [one.endpoint, other.endpoint].includes(server);
      const cordoned =
        isOne && findings.some(({ check, status }) => check === 'node-schedulable' && status === 'pending');
      if (!cordoned || servers.includes(server)) {
        return;
      }
      servers.push(server);
      if (servers.length === 1) {
        (server === one.endpoint ? one : other).freeze();
      } else {
        // Later than the idle timeout of a server.
        void sleep(20_000, AbortSignal.timeout(10_000)).then(() => fault.heal());
      }
    },
  };
  const result = await waitForServer(options, dependencies, new AbortController().signal);
  assert.equal(result.verdict, 'healthy');
  assert.deepEqual(servers.toSorted(), [one.endpoint, other.endpoint].toSorted());
  const asked = cluster.calls.filter(({ method }) => method.includes('HealthCheck'));
  assert.deepEqual(
    asked.map(({ count }) => count),
    [1, 1],
  );
});
