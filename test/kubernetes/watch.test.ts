import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import { openKubernetesApi } from '../../src/kubernetes/client.ts';
import type { Bounds } from '../../src/kubernetes/model.ts';
import { parseEvent } from '../../src/kubernetes/watch.ts';
import { sendJson, serveKubernetes } from '../builders/kubernetes-server.ts';

const bounds: Bounds = { timeout: 10_000, signal: new AbortController().signal };

/** Counts events, and lets a test wait for the next one. */
function counter() {
  let count = 0;
  let next = Promise.withResolvers<void>();
  return {
    add: (): void => {
      count += 1;
      next.resolve();
      next = Promise.withResolvers();
    },
    get count(): number {
      return count;
    },
    get next(): Promise<void> {
      return next.promise;
    },
  };
}

test('a watch on the simulated cluster reports that it is established and each change, and ends when it is aborted', async () => {
  await using cluster = await startCluster();
  using api = openKubernetesApi(cluster.kubeconfig(), 'user');
  const end = new AbortController();
  const events = counter();
  const first = events.next;
  const watch = api.watch('nodes', { timeout: 10_000, signal: end.signal }, events.add);
  await first;
  assert.equal(events.count, 1);
  const second = events.next;
  await cluster.fault('node-cordoned', 'worker-1');
  await second;
  end.abort();
  assert.equal((await watch).kind, 'cancelled');
});

test('a watch lists again if its resource version has expired', async () => {
  await using cluster = await startCluster();
  using api = openKubernetesApi(cluster.kubeconfig(), 'user');
  assert.ok((await api.nodes(bounds)).ok);
  await cluster.fault('kubernetes-forgets');
  await cluster.fault('node-cordoned', 'worker-1');
  const { code } = await api.watch('nodes', bounds, () => undefined);
  assert.equal(code, 'HTTP 410');
});

const node = (resourceVersion: string, unschedulable = false) => ({
  metadata: { name: 'cp-1', resourceVersion },
  spec: { unschedulable },
  status: { images: [resourceVersion] },
});

/** A server with one node, whose watch responses the test writes. */
async function watched(write: (response: ServerResponse, turn: number) => void) {
  let turn = 0;
  return await serveKubernetes((path, response) => {
    if (path.includes('watch=true')) {
      turn += 1;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      write(response, turn);
    } else {
      sendJson(response, { metadata: { resourceVersion: '5' }, items: [node('4')] });
    }
  });
}

const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;

test('a watch reports changes that the checks evaluate, but no status updates and no bookmarks', async () => {
  await using server = await watched((response) => {
    const changed = line('MODIFIED', node('8', true));
    response.write(line('MODIFIED', node('6')) + line('BOOKMARK', { metadata: { resourceVersion: '7' } }));
    // In two chunks, as the network may split it.
    response.write(changed.slice(0, 40), () => response.end(changed.slice(40) + line('MODIFIED', node('9', true))));
  });
  using api = openKubernetesApi(server.kubeconfig, 'user');
  const events = counter();
  assert.deepEqual(await api.watch('nodes', bounds, events.add), {
    kind: 'dropped',
    code: 'ENDED',
    message: 'the server ended the watch',
  });
  // The watch is established, and the node is cordoned.
  assert.equal(events.count, 2);
  await api.watch('nodes', bounds, events.add);
  assert.deepEqual(server.asked, [
    '/api/v1/nodes?limit=500',
    '/api/v1/nodes?watch=true&resourceVersion=5',
    '/api/v1/nodes?watch=true&resourceVersion=9',
  ]);
});

test('a watch reports a node that is added or deleted', async () => {
  await using server = await watched((response) => {
    response.end(
      line('ADDED', { metadata: { name: 'worker-1', resourceVersion: '6' } }) +
        line('DELETED', { metadata: { name: 'worker-1', resourceVersion: '7' } }),
    );
  });
  using api = openKubernetesApi(server.kubeconfig, 'user');
  const events = counter();
  await api.watch('nodes', bounds, events.add);
  assert.equal(events.count, 3);
});

for (const [what, written, message] of [
  ['an error', line('ERROR', { code: 410, message: 'too old resource version' }), 'the server ended the watch'],
  ['garbage', 'garbage\n', 'an event that is no JSON'],
  ['an event without an object', line('MODIFIED', 7), 'an event without an object'],
  ['an event of no type', line('EXPLODED', {}), 'an event of an unknown type'],
] as const) {
  test(`a watch lists again after ${what}`, async () => {
    await using server = await watched((response, turn) => {
      if (turn === 1) {
        response.write(written);
      } else {
        response.end();
      }
    });
    using api = openKubernetesApi(server.kubeconfig, 'user');
    assert.equal((await api.watch('nodes', bounds, () => undefined)).message, message);
    await api.watch('nodes', bounds, () => undefined);
    assert.deepEqual(
      server.asked.map((path) => path.slice('/api/v1/nodes?'.length)),
      ['limit=500', 'watch=true&resourceVersion=5', 'limit=500', 'watch=true&resourceVersion=5'],
    );
  });
}

test('an endless event ends the watch', async () => {
  await using server = await watched((response) => {
    response.write('x'.repeat(9 * 1024 * 1024));
  });
  using api = openKubernetesApi(server.kubeconfig, 'user');
  assert.equal((await api.watch('nodes', bounds, () => undefined)).code, 'TOO_LONG');
});

test('each event type is parsed', () => {
  const object = { metadata: { name: 'x' } };
  assert.deepEqual(parseEvent(JSON.stringify({ type: 'ADDED', object })), { type: 'changed', object });
  assert.deepEqual(parseEvent(JSON.stringify({ type: 'DELETED', object })), { type: 'deleted', object });
  assert.deepEqual(parseEvent('null'), {
    type: 'broken',
    trouble: { kind: 'malformed', code: 'MALFORMED', message: 'an event without an object' },
  });
});
