import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesApi, KubernetesKind, Trouble } from '../../../src/kubernetes/model.ts';
import { openKubernetesWatching } from '../../../src/observe/kubernetes/watching.ts';

interface Opened {
  readonly kind: KubernetesKind;
  readonly signal: AbortSignal;
  stand(): void;
  end(kind: Trouble['kind']): void;
}

const unused = (): never => assert.fail('only watches are wanted here');

/** A Kubernetes API that only supports watches; the test ends them. */
function watchedApi(): { readonly api: KubernetesApi; readonly opened: Opened[] } {
  const opened: Opened[] = [];
  const api: KubernetesApi = {
    server: 'https://10.0.0.1:6443',
    verified: true,
    readyz: unused,
    nodes: unused,
    pods: unused,
    kubeProxy: unused,
    coredns: unused,
    allPods: unused,
    budgets: unused,
    watch: (kind, { signal }, onEvent) =>
      new Promise((resolve) => {
        const end = (why: Trouble['kind']): void => resolve({ kind: why, code: '', message: '' });
        signal.addEventListener('abort', () => end('cancelled'));
        opened.push({ kind, signal, stand: onEvent, end });
      }),
    [Symbol.dispose]: () => undefined,
  };
  return { api, opened };
}

/** Runs pending callbacks. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function begin(api: () => KubernetesApi | undefined) {
  const end = new AbortController();
  let time = 0;
  let events = 0;
  const sleepers = new Map<() => void, number>();
  const watching = openKubernetesWatching({
    api,
    onEvent: () => {
      events += 1;
    },
    sleep: (milliseconds, signal) =>
      new Promise((resolve) => {
        sleepers.set(resolve, time + milliseconds);
        signal.addEventListener('abort', () => resolve());
      }),
    rpcTimeout: 1000,
    signal: end.signal,
  });
  return {
    watching,
    end,
    events: () => events,
    /** Advances the clock. */
    pass: async (milliseconds: number): Promise<void> => {
      await settle();
      time += milliseconds;
      for (const [wake, at] of sleepers) {
        if (at <= time) {
          sleepers.delete(wake);
          wake();
        }
      }
      await settle();
    },
    [Symbol.dispose]: () => {
      end.abort();
      watching[Symbol.dispose]();
    },
  };
}

test('a wanted kind has one watch, which ends as soon as it is no longer wanted', async () => {
  const { api, opened } = watchedApi();
  using scene = begin(() => api);
  scene.watching.follow(new Set(['nodes', 'pods']));
  scene.watching.follow(new Set(['nodes', 'pods']));
  await settle();
  assert.deepEqual(
    opened.map(({ kind }) => kind),
    ['nodes', 'pods'],
  );
  opened[0]?.stand();
  assert.equal(scene.events(), 1);
  scene.watching.follow(new Set(['nodes']));
  assert.deepEqual(
    opened.map(({ signal }) => signal.aborted),
    [false, true],
  );
});

test('a watch that breaks is reopened with increasing backoff', async () => {
  const { api, opened } = watchedApi();
  using scene = begin(() => api);
  scene.watching.follow(new Set(['nodes']));
  for (const [wait, count] of [
    [249, 1],
    [1, 2],
    [499, 2],
    [1, 3],
    [1000, 4],
    [2000, 5],
    [4000, 6],
    [4999, 6],
    [1, 7],
    [5000, 8],
  ] as const) {
    await settle();
    opened.at(-1)?.end('dropped');
    await scene.pass(wait);
    assert.equal(opened.length, count, `after ${wait} ms more`);
  }
});

test('a user who may not watch causes no further requests', async () => {
  const { api, opened } = watchedApi();
  using scene = begin(() => api);
  scene.watching.follow(new Set(['nodes']));
  await settle();
  opened[0]?.end('not-authorized');
  await scene.pass(60_000);
  assert.equal(opened.length, 1);
});

test('watches start as soon as there is access to the API', async () => {
  const { api, opened } = watchedApi();
  let way: KubernetesApi | undefined;
  using scene = begin(() => way);
  scene.watching.follow(new Set(['pods']));
  await scene.pass(250);
  assert.equal(opened.length, 0);
  way = api;
  await scene.pass(500);
  assert.equal(opened.length, 1);
});

test('all watches end with the wait', async () => {
  const { api, opened } = watchedApi();
  using scene = begin(() => api);
  scene.watching.follow(new Set(['pods']));
  await settle();
  scene.end.abort();
  await scene.pass(60_000);
  scene.watching.follow(new Set(['nodes']));
  await settle();
  assert.deepEqual(
    opened.map(({ kind, signal }) => `${kind} ${signal.aborted}`),
    ['pods true'],
  );
});
