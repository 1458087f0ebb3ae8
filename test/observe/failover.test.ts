import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { registry } from '../../src/checks/registry.ts';
import { wantedFacets } from '../../src/checks/wanted-facets.ts';
import { logProgress } from '../../src/hosts/progress.ts';
import { openChannels } from '../../src/observe/endpoints/channels.ts';
import { type EndpointPool, openEndpointPool } from '../../src/observe/endpoints/pool.ts';
import { kubernetesFacetNames } from '../../src/observe/facets/kubernetes.ts';
import { nodeFacetNames } from '../../src/observe/facets/table.ts';
import { openApiServers } from '../../src/observe/kubernetes/api-server.ts';
import { openKubernetes } from '../../src/observe/kubernetes/observer.ts';
import type { ClusterNode } from '../../src/observe/members/cluster.ts';
import { observeNode } from '../../src/observe/node.ts';
import { type Observer, openObserver } from '../../src/observe/observer.ts';
import type { RoundLimits } from '../../src/observe/request.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { memory, version } from '../../src/talos/api.ts';
import { CallError } from '../../src/talos/call-error.ts';
import type { CallOptions, Channel } from '../../src/talos/grpc/call.ts';
import { type FlakyEndpoint, flakyEndpoint } from '../builders/flaky-endpoint.ts';
import { run } from '../builders/run.ts';
import { answer, field, grpcHeaders, onHttp2 } from '../e2e/hostile-http2.ts';
import { alsoTrusting } from '../e2e/hostile-sockets.ts';
import { observeOnce, optionsFor } from '../gate/simulated.ts';

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());

interface Way extends Disposable {
  readonly observer: Observer;
  readonly pool: EndpointPool;
}

async function enter(...endpoints: readonly string[]): Promise<Way> {
  const talosconfig = alsoTrusting(cluster.talosconfig('os:reader', { endpoints }));
  const options = await optionsFor(cluster, { inputs: { talosconfig, 'rpc-timeout': '5s' } });
  const channels = openChannels(options.endpoints, options.context);
  const pool = openEndpointPool(channels);
  const kubernetes = openKubernetes(options, () => undefined, new Set(kubernetesFacetNames));
  return {
    pool,
    observer: openObserver(pool, options, kubernetes, wantedFacets(registry, options)),
    [Symbol.dispose]: () => channels[Symbol.dispose](),
  };
}

const limits = (rpcTimeout = 5000): RoundLimits => ({
  rpcTimeout,
  deadline: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
  now: Date.now,
});

/** A connection younger than 3 s is not abandoned. In milliseconds. */
const longEnough = 3100;

/** The answer of Talos to `Version`. */
const talos = field(1, field(2, field(1, Buffer.from('v1.14.0'))));

/** All failed calls to nodes, with the reason. */
function unanswered({ nodes }: Snapshot): readonly string[] {
  return nodes.flatMap(({ node, version, services, staticPods, nodeStatuses }) =>
    [version, services, staticPods, nodeStatuses].flatMap((facet) =>
      facet.ok ? [] : [`${node.name}: ${facet.error.message}`],
    ),
  );
}

const states = ({ pool }: Way): readonly string[] => pool.snapshot().map(({ state }) => state);

async function twoFlaky(): Promise<readonly [FlakyEndpoint, FlakyEndpoint]> {
  const [first = '', second = ''] = cluster.endpoints;
  return [await flakyEndpoint(first), await flakyEndpoint(second)];
}

for (const how of ['freeze', 'kill'] as const) {
  test(`${how}: if the endpoint in use fails during a round, another one takes over`, async () => {
    const [one, two] = await twoFlaky();
    await using _one = one;
    await using _two = two;
    using way = await enter(one.endpoint, two.endpoint);
    const before = await way.observer.round(limits());
    assert.deepEqual(unanswered(before), []);
    const used = way.pool.snapshot().findIndex(({ state }) => state === 'used');
    await (used === 0 ? one : two)[how]();
    const node = before.cluster.nodes[4] ?? assert.fail('a fifth node');
    await way.observer.node(node, limits());
    assert.deepEqual(unanswered(way.observer.latest()), []);
    // An endpoint that is silent is replaced before it is known to have failed.
    assert.equal(states(way)[used], how === 'freeze' ? 'standby' : 'failed');
    assert.equal(states(way)[1 - used], 'used');
  });
}

test('if a machine behind a load balancer fails, the connection to the next one loses no answer', async () => {
  await using balancer = await flakyEndpoint(...cluster.endpoints);
  using way = await enter(balancer.endpoint);
  assert.deepEqual(unanswered(await way.observer.round(limits())), []);
  balancer.cut();
  assert.deepEqual(unanswered(await way.observer.round(limits())), []);
  assert.equal(balancer.connections, 2);
});

test('an endpoint that rejects calls and one that is not a Talos API fail without affecting nodes', async () => {
  await using refusing = await onHttp2({ call: (stream) => stream.close(2) });
  await using other = await onHttp2({
    call: (stream) => stream.respond({ ...grpcHeaders, 'grpc-status': '12' }, { endStream: true }),
  });
  using way = await enter(refusing.endpoint, other.endpoint, ...cluster.endpoints);
  assert.deepEqual(unanswered(await way.observer.round(limits())), []);
  assert.deepEqual(states(way).slice(0, 2), ['failed', 'failed']);
});

test('a node that is back is healthy even if one endpoint reports an outdated backoff', async () => {
  const refused =
    'connection error: desc = "transport: Error while dialing: dial tcp 10.0.0.1:50000: connect: connection refused"';
  await using late = await onHttp2({
    call: (stream, path, headers) =>
      headers['node'] === undefined && path.endsWith('/Version')
        ? answer(stream, talos)
        : stream.respond({ ...grpcHeaders, 'grpc-status': '14', 'grpc-message': refused }, { endStream: true }),
  });
  using way = await enter(late.endpoint, ...cluster.endpoints);
  assert.deepEqual(unanswered(await way.observer.round(limits())), []);
});

test('an endpoint that is coming back is awaited before the node is reported as unreachable', async () => {
  const asked = Promise.withResolvers<void>();
  await using own = await onHttp2({
    call: async (stream) => {
      await asked.promise;
      answer(stream, talos);
    },
  });
  const refused = 'connection error: desc = "transport: Error while dialing: connect: connection refused"';
  await using late = await onHttp2({
    call: (stream, path, headers) => {
      if (headers['node'] === undefined) {
        answer(stream, path.endsWith('/Version') ? talos : Buffer.alloc(0));
      } else {
        stream.respond({ ...grpcHeaders, 'grpc-status': '14', 'grpc-message': refused }, { endStream: true });
        setImmediate(asked.resolve);
      }
    },
  });
  using way = await enter(own.endpoint, late.endpoint);
  const { ask } = way.pool.openSession(limits());
  const answered = await ask(version, own.endpoint.split(':')[0]);
  assert.ok(answered.ok, JSON.stringify(answered));
});

test('a connection that is never established is replaced by another one', async () => {
  await using flaky = await flakyEndpoint(cluster.endpoints[0] ?? '');
  flaky.freeze();
  using way = await enter(flaky.endpoint);
  const first = await way.observer.round(limits(longEnough));
  assert.notDeepEqual(unanswered(first), []);
  flaky.replace();
  const second = await way.observer.round(limits());
  assert.deepEqual(unanswered(second), []);
  assert.equal(second.nodes.length, 5);
});

test('a connection that becomes silent is replaced by another one', async () => {
  await using flaky = await flakyEndpoint(cluster.endpoints[0] ?? '');
  using way = await enter(flaky.endpoint);
  assert.deepEqual(unanswered(await way.observer.round(limits())), []);
  flaky.freeze();
  await way.observer.round(limits(longEnough));
  flaky.replace();
  assert.deepEqual(unanswered(await way.observer.round(limits())), []);
});

test('a call whose connection is lost repeatedly is retried three times', async () => {
  using way = await enter(...cluster.endpoints.slice(0, 1));
  await way.observer.round(limits());
  for (const [losses, answered, times] of [
    [3, true, 4],
    [9, false, 4],
  ] as const) {
    let made = 0;
    const { ok } = await way.pool.client(limits()).ask(async () => {
      made += 1;
      if (made <= losses) {
        throw new CallError({ kind: 'dropped', layer: 'endpoint', code: 'UNAVAILABLE', message: 'Connection dropped' });
      }
    });
    assert.deepEqual([ok, made], [answered, times]);
  }
});

/** A call that times out the first time and succeeds the second time. */
function slowOnce(meanwhile: () => Promise<unknown>): {
  readonly call: () => Promise<void>;
  readonly made: () => number;
} {
  let made = 0;
  return {
    made: () => made,
    call: async () => {
      made += 1;
      if (made === 1) {
        await meanwhile();
        throw new CallError({ kind: 'timeout', layer: 'node', code: 'DEADLINE_EXCEEDED', message: 'no answer' });
      }
    },
  };
}

test('a node is not at fault if the endpoint was silent during the call', async () => {
  using way = await enter(...cluster.endpoints.slice(0, 1));
  await way.observer.round(limits());
  let time = Date.now();
  const ticking = { ...limits(), now: () => (time += 1) };
  const client = way.pool.client(ticking);
  const silent = slowOnce(async () => undefined);
  assert.deepEqual([(await client.ask(silent.call)).ok, silent.made()], [true, 2]);
  const answered = slowOnce(() => client.ask(version));
  assert.deepEqual([(await client.ask(answered.call)).ok, answered.made()], [false, 1]);
});

test('a node is called at its second address if the first one does not answer', async () => {
  await using server = await onHttp2({
    call: (stream, path, headers) => {
      if (headers['node'] !== '10.0.0.4') {
        answer(stream, path.endsWith('/Version') ? talos : Buffer.alloc(0));
      }
    },
  });
  using way = await enter(server.endpoint);
  const node: ClusterNode = {
    name: 'worker-1',
    names: ['worker-1'],
    address: '10.0.0.4',
    addresses: ['10.0.0.4', 'fd00::4'],
    role: 'worker',
    source: 'discovery',
    apiServerPort: 6443,
  };
  const client = way.pool.openSession(limits());
  const { version, answeredAt } = await observeNode(
    { node, client: client, limits: limits(), wanted: new Set(nodeFacetNames) },
    openApiServers(undefined),
  );
  assert.ok(version.ok);
  assert.equal(answeredAt, 'fd00::4');
});

test('endpoints that fail and come back during the wait are used again', async () => {
  const [one, two] = await twoFlaky();
  await using _one = one;
  await using _two = two;
  await Promise.all([one.kill(), two.kill()]);
  const lines: string[] = [];
  const report = await run(
    {
      talosconfig: cluster.talosconfig('os:reader', { endpoints: [one.endpoint, two.endpoint] }),
      'wait-timeout': '1m',
      'retry-interval': '100ms',
    },
    {
      env: {},
      mask: () => undefined,
      openProgress: (span) =>
        logProgress((line) => {
          lines.push(line);
          void Promise.all([one.heal(), two.heal()]);
        }, span),
      signal: new AbortController().signal,
    },
  );
  assert.equal(report.verdict, 'healthy');
  assert.match(lines[0] ?? '', /ECONNREFUSED/);
});

test('nodes that could not be reached are queried as soon as an endpoint answers', async () => {
  await using endpoint = await flakyEndpoint(cluster.endpoints[0] ?? '');
  using way = await enter(endpoint.endpoint);
  await way.observer.round(limits());
  await endpoint.kill();
  await way.observer.round(limits());
  assert.equal(unanswered(way.observer.latest()).length, 20);
  await endpoint.heal();
  // A failed connection is not retried immediately.
  do {
    await turn();
    await way.observer.members(limits());
  } while (states(way).includes('failed'));
  assert.deepEqual(unanswered(way.observer.latest()), []);
});

test('an endpoint that hangs delays only the first round, since it may list a machine that the others do not', async () => {
  await using silent = await flakyEndpoint(cluster.endpoints[0] ?? '');
  silent.freeze();
  using way = await enter(silent.endpoint, cluster.endpoints[1] ?? '');
  await way.observer.round(limits(300));
  assert.deepEqual(states(way), ['failed', 'used']);
  // With no timeout for calls, a round that waits for the endpoint again would not end.
  await way.observer.round(limits(1_000_000));
  assert.deepEqual(states(way), ['failed', 'used']);
});

test('an endpoint is healthy as soon as it answers, even after the round in which it was tried', {
  timeout: 30_000,
}, async () => {
  await using late = await flakyEndpoint(cluster.endpoints[0] ?? '');
  late.freeze();
  using way = await enter(late.endpoint, cluster.endpoints[1] ?? '');
  const used = () => way.pool.isHealthy({ endpoint: late.endpoint } as Channel);
  await way.observer.round(limits(300));
  await way.observer.round(limits(1_000_000));
  assert.ok(!used());
  await late.heal();
  while (!used()) {
    await turn();
  }
});

test('an endpoint with a high latency is not considered failed if a node behind it hangs', async () => {
  await using slow = await startCluster();
  await slow.fault('node-frozen', 'worker-1');
  const seen = [];
  for (const latency of [5, 600]) {
    slow.latency = latency;
    const { snapshot } = await observeOnce(slow, { inputs: { 'rpc-timeout': '2s' } });
    seen.push({ unanswered: unanswered(snapshot), endpoints: snapshot.endpoints.map(({ failure }) => failure) });
  }
  assert.equal(seen[0]?.unanswered.length, 4);
  assert.deepEqual(seen[1], seen[0]);
});

/** An endpoint with a frozen node behind it. When the node is back, it has lost all earlier calls. */
async function behindForgetful() {
  let isFrozen = true;
  let asked = 0;
  const taken = Promise.withResolvers<void>();
  const server = await onHttp2({
    call: (stream, path, headers) => {
      if (headers['node'] !== '10.0.0.4' || !isFrozen) {
        answer(stream, path.endsWith('/Version') ? talos : Buffer.alloc(0));
        return;
      }
      asked += 1;
      if (asked === 2) {
        taken.resolve();
      }
    },
  });
  return {
    server,
    /** Resolves after the second call; the node is no longer frozen then. */
    thawed: taken.promise.then(() => {
      isFrozen = false;
    }),
  };
}

test('a node that is back answers within the call, even if it has lost the first request', async () => {
  const { server, thawed } = await behindForgetful();
  await using _server = server;
  using way = await enter(server.endpoint);
  const answered = await way.pool.openSession(limits()).ask(version, '10.0.0.4');
  await thawed;
  assert.ok(answered.ok, JSON.stringify(answered));
});

test('a call that hangs is not repeated if the node answers other calls', async () => {
  let made = 0;
  await using server = await onHttp2({
    call: (stream, path) => {
      if (path.endsWith('/Memory')) {
        made += 1;
      } else {
        // Not within the same millisecond as the call: the answer could then not be told from an earlier one.
        setTimeout(() => answer(stream, path.endsWith('/Version') ? talos : Buffer.alloc(0)), 20);
      }
    },
  });
  using way = await enter(server.endpoint);
  const short = { ...limits(), rpcTimeout: 1000 };
  const { ask } = way.pool.openSession(short);
  const [hung, answered] = await Promise.all([ask(memory, '10.0.0.4'), ask(version, '10.0.0.4')]);
  assert.deepEqual([hung.ok, answered.ok, made], [false, true, 1]);
});

test('a silent endpoint is probed while its first call is in progress', async () => {
  const order: string[] = [];
  await using server = await onHttp2({
    call: (stream, path) => {
      const name = path.split('/').at(-1) ?? '';
      order.push(name);
      stream.on('close', () => order.push(`${name} ended`));
    },
  });
  using way = await enter(server.endpoint);
  await way.pool.openSession({ ...limits(), rpcTimeout: 1000 }).answering();
  assert.deepEqual(states(way), ['failed']);
  assert.ok(order.indexOf('Version') < order.indexOf('List ended'), order.join(', '));
});

test('a call that the deadline cuts short is neither a fault of the node nor of its endpoint', async () => {
  await using server = await onHttp2({
    call: (stream, path, headers) => {
      if (headers['node'] === undefined) {
        answer(stream, path.endsWith('/Version') ? talos : Buffer.alloc(0));
      }
    },
  });
  using way = await enter(server.endpoint);
  const { ask } = way.pool.openSession({ ...limits(), deadline: Date.now() + 300 });
  const cut = await ask(version, '10.0.0.4');
  assert.deepEqual(cut.ok || [cut.error.kind, cut.error.layer], ['cancelled', 'node']);
  assert.deepEqual(states(way), ['used']);
});

test('a node that one endpoint cannot reach is called through another', async () => {
  using way = await enter(...cluster.endpoints.slice(0, 2));
  const session = way.pool.openSession({ ...limits(), rpcTimeout: 1000 });
  await session.answering();
  const [first = ''] = cluster.endpoints;
  const worker = cluster.nodes.find(({ role }) => role === 'worker')?.address;
  const answered = await session.ask((channel, options) => {
    const isCut = channel.endpoint === first;
    return isCut ? silence(channel, options) : version(channel, options);
  }, worker);
  assert.ok(answered.ok, JSON.stringify(answered));
});

/** A call whose packets are lost. */
function silence({ endpoint }: Channel, { timeout }: CallOptions): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => {
      const message = 'no answer before the deadline';
      reject(new CallError({ kind: 'timeout', layer: 'node', code: 'DEADLINE_EXCEEDED', message, endpoint }));
    }, timeout);
  });
}
