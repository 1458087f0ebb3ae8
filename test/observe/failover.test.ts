import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { registry } from '../../src/checks/registry.ts';
import { wantedFacets } from '../../src/checks/wanted-facets.ts';
import { followInLog } from '../../src/hosts/progress.ts';
import { openApiServers } from '../../src/observe/api-server.ts';
import { openChannels } from '../../src/observe/channels.ts';
import type { ClusterNode } from '../../src/observe/cluster.ts';
import { type EndpointPool, openEndpointPool } from '../../src/observe/endpoint-pool.ts';
import { nodeFacetNames } from '../../src/observe/facets.ts';
import { openKubernetes } from '../../src/observe/kubernetes.ts';
import { observeNode } from '../../src/observe/node.ts';
import { type Observer, openObserver } from '../../src/observe/observer.ts';
import type { RoundLimits } from '../../src/observe/request.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { memory, version } from '../../src/talos/api.ts';
import { CallError, type CallOptions, type Channel } from '../../src/talos/call.ts';
import { type FlakyEndpoint, flakyEndpoint } from '../builders/flaky-endpoint.ts';
import { run } from '../builders/run.ts';
import { answer, field, grpcHeaders, onHttp2 } from '../e2e/hostile-http2.ts';
import { alsoTrusting } from '../e2e/hostile-sockets.ts';
import { look, optionsFor } from '../gate/simulated.ts';

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
  const kubernetes = openKubernetes(options, () => undefined);
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

/** A connection that is younger than 3 s is not given up. In milliseconds. */
const longEnough = 3100;

/** As Talos says its version. */
const talos = field(1, field(2, field(1, Buffer.from('v1.14.0'))));

/** Every call of every node that got no answer, with the reason. */
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
  test(`${how}: the used endpoint fails under a look, and the other one answers in its place`, async () => {
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
    // One that is silent is left before it is known to be dead.
    assert.equal(states(way)[used], how === 'freeze' ? 'standby' : 'failed');
    assert.equal(states(way)[1 - used], 'used');
  });
}

test('a load balancer whose machine dies connects to the next, and no answer is lost', async () => {
  await using balancer = await flakyEndpoint(...cluster.endpoints);
  using way = await enter(balancer.endpoint);
  assert.deepEqual(unanswered(await way.observer.round(limits())), []);
  balancer.cut();
  assert.deepEqual(unanswered(await way.observer.round(limits())), []);
  assert.equal(balancer.connections, 2);
});

test('an endpoint that takes no call and one that is no Talos API are nobody’s fault but their own', async () => {
  await using refusing = await onHttp2({ call: (stream) => stream.close(2) });
  await using other = await onHttp2({
    call: (stream) => stream.respond({ ...grpcHeaders, 'grpc-status': '12' }, { endStream: true }),
  });
  using way = await enter(refusing.endpoint, other.endpoint, ...cluster.endpoints);
  assert.deepEqual(unanswered(await way.observer.round(limits())), []);
  assert.deepEqual(states(way).slice(0, 2), ['failed', 'failed']);
});

test('a node that is back is believed, whatever the backoff of one endpoint still says', async () => {
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

test('what an endpoint that is just coming back says of itself is waited for', async () => {
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
  const { ask } = way.pool.enter(limits());
  const answered = await ask(version, own.endpoint.split(':')[0]);
  assert.ok(answered.ok, JSON.stringify(answered));
});

test('a connection that never comes up is given up for another one', async () => {
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

test('a connection from which nothing comes any more is given up for another one', async () => {
  await using flaky = await flakyEndpoint(cluster.endpoints[0] ?? '');
  using way = await enter(flaky.endpoint);
  assert.deepEqual(unanswered(await way.observer.round(limits())), []);
  flaky.freeze();
  await way.observer.round(limits(longEnough));
  flaky.replace();
  assert.deepEqual(unanswered(await way.observer.round(limits())), []);
});

test('a call whose connection is lost again and again is made again, but not for ever', async () => {
  using way = await enter(...cluster.endpoints.slice(0, 1));
  await way.observer.round(limits());
  for (const [losses, answered, times] of [
    [3, true, 4],
    [9, false, 4],
  ] as const) {
    let made = 0;
    const { ok } = await way.pool.within(limits()).ask(async () => {
      made += 1;
      if (made <= losses) {
        throw new CallError({ kind: 'dropped', layer: 'endpoint', code: 'UNAVAILABLE', message: 'Connection dropped' });
      }
    });
    assert.deepEqual([ok, made], [answered, times]);
  }
});

/** A call that gets no answer in time until it is made for the second time. */
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

test('a node is not blamed for an endpoint that answered nobody while it was asked', async () => {
  using way = await enter(...cluster.endpoints.slice(0, 1));
  await way.observer.round(limits());
  let time = Date.now();
  const ticking = { ...limits(), now: () => (time += 1) };
  const asking = way.pool.within(ticking);
  const silent = slowOnce(async () => undefined);
  assert.deepEqual([(await asking.ask(silent.call)).ok, silent.made()], [true, 2]);
  const heard = slowOnce(() => asking.ask(version));
  assert.deepEqual([(await asking.ask(heard.call)).ok, heard.made()], [false, 1]);
});

test('a node is asked at its second address where the first one is silent', async () => {
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
  const asking = way.pool.enter(limits());
  const { version, answeredAt } = await observeNode(
    { node, failover: asking, limits: limits(), wanted: new Set(nodeFacetNames) },
    openApiServers(undefined),
  );
  assert.ok(version.ok);
  assert.equal(answeredAt, 'fd00::4');
});

test('all endpoints are gone and come back while the gate waits', async () => {
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
      follow: (span) =>
        followInLog((line) => {
          lines.push(line);
          void Promise.all([one.heal(), two.heal()]);
        }, span),
      signal: new AbortController().signal,
    },
  );
  assert.equal(report.verdict, 'healthy');
  assert.match(lines[0] ?? '', /ECONNREFUSED/);
});

test('nodes that could not be asked are asked as soon as there is an endpoint', async () => {
  await using endpoint = await flakyEndpoint(cluster.endpoints[0] ?? '');
  using way = await enter(endpoint.endpoint);
  await way.observer.round(limits());
  await endpoint.kill();
  await way.observer.round(limits());
  assert.equal(unanswered(way.observer.latest()).length, 20);
  await endpoint.heal();
  // A connection that failed is not tried again at once.
  do {
    await turn();
    await way.observer.members(limits());
  } while (states(way).includes('failed'));
  assert.deepEqual(unanswered(way.observer.latest()), []);
});

test('an endpoint that hangs is waited for once: it may know of a machine that the others do not', async () => {
  await using silent = await flakyEndpoint(cluster.endpoints[0] ?? '');
  silent.freeze();
  using way = await enter(silent.endpoint, cluster.endpoints[1] ?? '');
  await way.observer.round(limits(300));
  assert.deepEqual(states(way), ['failed', 'used']);
  // With no end to the calls, a look that waited for it again would not end.
  await way.observer.round(limits(1_000_000));
  assert.deepEqual(states(way), ['failed', 'used']);
});

test('an endpoint is good as soon as it answers, also after the look in which it was tried', {
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

test('an endpoint whose every call takes long is not dead: what is judged is the node that hangs', async () => {
  await using slow = await startCluster();
  await slow.fault('node-frozen', 'worker-1');
  const seen = [];
  for (const latency of [5, 600]) {
    slow.latency = latency;
    const { snapshot } = await look(slow, { inputs: { 'rpc-timeout': '2s' } });
    seen.push({ unanswered: unanswered(snapshot), endpoints: snapshot.endpoints.map(({ failure }) => failure) });
  }
  assert.equal(seen[0]?.unanswered.length, 4);
  assert.deepEqual(seen[1], seen[0]);
});

/** An endpoint behind which one node is frozen, until it is back and has forgotten every call that it took. */
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
    /** It was asked a second time, and is frozen no more. */
    thawed: taken.promise.then(() => {
      isFrozen = false;
    }),
  };
}

test('a node that is back is heard within the call, though it has forgotten what it was asked', async () => {
  const { server, thawed } = await behindForgetful();
  await using _server = server;
  using way = await enter(server.endpoint);
  const answered = await way.pool.enter(limits()).ask(version, '10.0.0.4');
  await thawed;
  assert.ok(answered.ok, JSON.stringify(answered));
});

test('a call that hangs on a node that answers others is not made again', async () => {
  let made = 0;
  await using server = await onHttp2({
    call: (stream, path) => {
      if (path.endsWith('/Memory')) {
        made += 1;
      } else {
        // Not within the millisecond in which the call was made: what came before it would look the same.
        setTimeout(() => answer(stream, path.endsWith('/Version') ? talos : Buffer.alloc(0)), 20);
      }
    },
  });
  using way = await enter(server.endpoint);
  const short = { ...limits(), rpcTimeout: 1000 };
  const { ask } = way.pool.enter(short);
  const [hung, heard] = await Promise.all([ask(memory, '10.0.0.4'), ask(version, '10.0.0.4')]);
  assert.deepEqual([hung.ok, heard.ok, made], [false, true, 1]);
});

test('whether a silent endpoint lives is asked while its first call is waited for, and not after it', async () => {
  const order: string[] = [];
  await using server = await onHttp2({
    call: (stream, path) => {
      const name = path.split('/').at(-1) ?? '';
      order.push(name);
      stream.on('close', () => order.push(`${name} ended`));
    },
  });
  using way = await enter(server.endpoint);
  await way.pool.enter({ ...limits(), rpcTimeout: 1000 }).answering();
  assert.deepEqual(states(way), ['failed']);
  assert.ok(order.indexOf('Version') < order.indexOf('List ended'), order.join(', '));
});

test('an answer that the deadline cut short is not held against a node, nor against its endpoint', async () => {
  await using server = await onHttp2({
    call: (stream, path, headers) => {
      if (headers['node'] === undefined) {
        answer(stream, path.endsWith('/Version') ? talos : Buffer.alloc(0));
      }
    },
  });
  using way = await enter(server.endpoint);
  const { ask } = way.pool.enter({ ...limits(), deadline: Date.now() + 300 });
  const cut = await ask(version, '10.0.0.4');
  assert.deepEqual(cut.ok || [cut.error.kind, cut.error.layer], ['cancelled', 'node']);
  assert.deepEqual(states(way), ['used']);
});

test('a node to which the way of one endpoint is cut is asked through another', async () => {
  using way = await enter(...cluster.endpoints.slice(0, 2));
  const entry = way.pool.enter({ ...limits(), rpcTimeout: 1000 });
  await entry.answering();
  const [first = ''] = cluster.endpoints;
  const worker = cluster.nodes.find(({ role }) => role === 'worker')?.address;
  const answered = await entry.ask((channel, options) => {
    const isCut = channel.endpoint === first;
    return isCut ? silence(channel, options) : version(channel, options);
  }, worker);
  assert.ok(answered.ok, JSON.stringify(answered));
});

/** As of a call whose packets get lost. */
function silence({ endpoint }: Channel, { timeout }: CallOptions): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => {
      const message = 'no answer before the deadline';
      reject(new CallError({ kind: 'timeout', layer: 'node', code: 'DEADLINE_EXCEEDED', message, endpoint }));
    }, timeout);
  });
}
