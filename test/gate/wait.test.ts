import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ending, waitUntilHealthy } from '../../src/gate/wait.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { failed, healthySnapshot } from '../builders/snapshot.ts';

const healthy = healthySnapshot();

function withDeadNode(snapshot: Snapshot): Snapshot {
  const nodes = snapshot.nodes.map((node, index) => (index === 4 ? { ...node, version: failed() } : node));
  return { ...snapshot, nodes };
}

const unhealthy = withDeadNode(healthy);
const denied: Snapshot = {
  ...healthy,
  endpoints: healthy.endpoints.map(({ endpoint }) => ({
    endpoint,
    state: 'failed',
    failure: { kind: 'not-authorized', layer: 'caller', code: 'PERMISSION_DENIED', message: 'not authorized' },
  })),
};

interface Scene {
  readonly waitTimeout?: number;
  readonly retryInterval?: number;
  /** What each round sees, the last one again and again. */
  readonly rounds: readonly Snapshot[];
  /** Milliseconds that a round takes. */
  readonly took?: number;
  /** Cancels at this time. */
  readonly cancelAt?: number;
}

/** Plays a wait on a clock that only the scene moves. */
async function play(scene: Scene): Promise<{ ending: Ending; looks: readonly number[] }> {
  const { waitTimeout = 60_000, retryInterval = 5000, rounds, took = 10, cancelAt = Number.POSITIVE_INFINITY } = scene;
  const controller = new AbortController();
  let time = 0;
  const looks: number[] = [];
  const pass = (milliseconds: number): void => {
    time += milliseconds;
    if (time >= cancelAt) {
      time = Math.min(time, cancelAt);
      controller.abort();
    }
  };
  const ending = await waitUntilHealthy(
    { contextName: 'test', onlyNodes: [], waitTimeout, retryInterval },
    {
      now: () => time,
      sleep: async (milliseconds) => pass(milliseconds),
      observe: async (deadline) => {
        const snapshot = rounds[Math.min(looks.length, rounds.length - 1)] ?? healthy;
        looks.push(time);
        pass(Math.min(took, deadline - time));
        return snapshot;
      },
      onRound: () => undefined,
    },
    controller.signal,
  );
  return { ending, looks };
}

test('a healthy cluster takes one look', async () => {
  const { ending, looks } = await play({ rounds: [healthy] });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(looks, [0]);
});

test('it looks again after the interval, until all is well', async () => {
  const { ending, looks } = await play({ rounds: [unhealthy, unhealthy, healthy] });
  assert.equal(ending.verdict, 'healthy');
  assert.equal(ending.rounds, 3);
  assert.deepEqual(looks, [0, 5010, 10_020]);
});

test('the last look is just before the deadline, and nothing is slept after it', async () => {
  const { ending, looks } = await play({ rounds: [unhealthy], waitTimeout: 12_000 });
  assert.equal(ending.verdict, 'unhealthy');
  assert.deepEqual(looks, [0, 5010, 10_020, 11_950]);
  assert.equal(ending.endedAt, 11_960);
});

test('a cluster that heals in the last moment is healthy', async () => {
  const { ending } = await play({ rounds: [unhealthy, unhealthy, unhealthy, healthy], waitTimeout: 12_000 });
  assert.equal(ending.verdict, 'healthy');
});

test('0 is one look at the status now', async () => {
  const { ending, looks } = await play({ rounds: [unhealthy, healthy], waitTimeout: 0 });
  assert.equal(ending.verdict, 'unhealthy');
  assert.deepEqual(looks, [0]);
});

test('what waiting cannot help ends the wait', async () => {
  const { ending, looks } = await play({ rounds: [denied] });
  assert.equal(ending.verdict, 'error');
  assert.deepEqual(looks, [0]);
});

test('a round that the deadline cuts short does not overrule a whole one', async () => {
  const allSilent: Snapshot = { ...healthy, nodes: healthy.nodes.map((node) => ({ ...node, version: failed() })) };
  const { ending } = await play({ rounds: [unhealthy, allSilent], waitTimeout: 7000, took: 4000 });
  assert.equal(ending.verdict, 'unhealthy');
  assert.equal(ending.last?.snapshot, unhealthy);
  assert.equal(ending.endedAt, 7000);
});

test('where there is no whole round, the one that was cut short has to do', async () => {
  const { ending } = await play({ rounds: [unhealthy], waitTimeout: 1000, took: 5000 });
  assert.equal(ending.verdict, 'unhealthy');
  assert.equal(ending.last?.snapshot, unhealthy);
  assert.equal(ending.endedAt, 1000);
});

test('cancelled while it sleeps: what was seen last is kept, and it is never healthy', async () => {
  const { ending } = await play({ rounds: [unhealthy, healthy], cancelAt: 3000 });
  assert.equal(ending.verdict, 'cancelled');
  assert.equal(ending.last?.snapshot, unhealthy);
  assert.equal(ending.endedAt, 3000);
});

test('cancelled in the middle of a look that would have been healthy', async () => {
  const { ending } = await play({ rounds: [healthy], took: 100, cancelAt: 50 });
  assert.equal(ending.verdict, 'cancelled');
});
