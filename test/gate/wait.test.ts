import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type WaitResult, waitUntilHealthy } from '../../src/gate/wait.ts';
import type { NodeSnapshot, Snapshot } from '../../src/observe/snapshot.ts';
import { virtualClock } from '../builders/clock.ts';
import { options } from '../builders/evaluate.ts';
import { crashes, kubernetesPodIs, withKubernetes } from '../builders/kubernetes.ts';
import { failed, healthySnapshot, ok } from '../builders/snapshot.ts';

const healthy = healthySnapshot();

const firstControlPlane = healthy.cluster.nodes[0] ?? assert.fail('a node');
const lastWorker = healthy.cluster.nodes[4] ?? assert.fail('a fifth node');

function withLastWorker(change: Partial<NodeSnapshot>): Snapshot {
  return { ...healthy, nodes: healthy.nodes.map((node, index) => (index === 4 ? { ...node, ...change } : node)) };
}

const cordoned = withLastWorker({ nodeStatuses: ok([{ nodename: 'worker-2', ready: true, unschedulable: true }]) });
const withCordonedControlPlane: Snapshot = {
  ...cordoned,
  nodes: cordoned.nodes.map((node, index) =>
    index === 0 ? { ...node, nodeStatuses: ok([{ nodename: 'cp-1', ready: true, unschedulable: true }]) } : node,
  ),
};
const dead = withLastWorker({ version: failed() });
const allSilent: Snapshot = { ...healthy, nodes: healthy.nodes.map((node) => ({ ...node, version: failed() })) };
const denied: Snapshot = {
  ...healthy,
  endpoints: healthy.endpoints.map(({ endpoint }) => ({
    endpoint,
    state: 'failed',
    failure: { kind: 'not-authorized', layer: 'caller', code: 'PERMISSION_DENIED', message: 'not authorized' },
  })),
};

const shutOut: Snapshot = {
  ...allSilent,
  endpoints: healthy.endpoints.map(({ endpoint }) => ({ endpoint, state: 'failed' })),
};

interface Scene {
  readonly waitTimeout?: number;
  readonly retryInterval?: number;
  readonly stableFor?: number;
  /** The snapshots of the cluster, each from this time on. */
  readonly cluster: readonly (readonly [from: number, snapshot: Snapshot])[];
  /** When a watch reports a change on the last worker. */
  readonly events?: readonly number[];
  /** When a watch reports a change on the first control plane. */
  readonly controlPlaneEvents?: readonly number[];
  /** When a watch reports a change of the members. */
  readonly memberEvents?: readonly number[];
  /** When a watch reports a change in Kubernetes. */
  readonly kubernetesEvents?: readonly number[];
  /** Duration of a whole round, in milliseconds. */
  readonly took?: number;
  /** During the poll of a node, the process is suspended until the deadline. */
  readonly stalls?: true;
  /** When the wait is cancelled. */
  readonly cancelAt?: number;
}

interface Played {
  readonly ending: WaitResult;
  /** When whole rounds began, and when the last worker was polled. */
  readonly whole: readonly number[];
  readonly single: readonly number[];
  /** When the members were polled. */
  readonly members: readonly number[];
  /** When the Kubernetes API was polled. */
  readonly kubernetes: readonly number[];
  /** The time and the node of each poll. */
  readonly polled: readonly string[];
  readonly watched: readonly string[];
}

/** Runs a wait on a simulated clock. */
async function play(scene: Scene): Promise<Played> {
  const { waitTimeout = 60_000, retryInterval = 5000, stableFor = 0, cluster, events = [], took = 10 } = scene;
  const { memberEvents = [], controlPlaneEvents = [], kubernetesEvents = [] } = scene;
  const clock = virtualClock();
  const { now, sleep } = clock;
  const controller = new AbortController();
  const whole: number[] = [];
  const single: number[] = [];
  const members: number[] = [];
  const kubernetes: number[] = [];
  const watched = new Set<string>();
  const polled: string[] = [];
  let latest = healthy;
  let stalled = 0;

  function observed(): Snapshot {
    const snapshot = cluster.findLast(([from]) => from <= now())?.[1] ?? healthy;
    const nodes = snapshot.nodes.map((node) => ({ ...node, version: { ...node.version, at: now() } }));
    return { ...snapshot, nodes, at: now() };
  }
  function tell(times: readonly number[], action: () => void): void {
    for (const time of times) {
      clock.at(time, action);
    }
  }
  tell(scene.cancelAt === undefined ? [] : [scene.cancelAt], () => controller.abort());

  const ending = await clock.run(
    waitUntilHealthy(
      { ...options, waitTimeout, retryInterval, stableFor, rpcTimeout: 5000 },
      {
        now: () => now() + stalled,
        sleep,
        observer: {
          round: async ({ deadline, signal }) => {
            const snapshot = observed();
            whole.push(now());
            await sleep(Math.min(took, deadline - now()), signal);
            latest = signal.aborted ? latest : snapshot;
            return snapshot;
          },
          members: async () => {
            members.push(now());
            const unasked = latest.endpoints.every(({ state }) => state === 'failed');
            latest = unasked || scene.memberEvents !== undefined ? observed() : latest;
          },
          node: async (node) => {
            if (node.name === lastWorker.name) {
              single.push(now());
            }
            polled.push(`${now()} ${node.name}`);
            stalled = scene.stalls ? waitTimeout : 0;
            const { nodes, at } = observed();
            const ofNode = (one: NodeSnapshot): NodeSnapshot =>
              nodes.find((own) => own.node.name === one.node.name) ?? one;
            latest = {
              ...latest,
              at,
              nodes: latest.nodes.map((one) => (one.node.name === node.name ? ofNode(one) : one)),
            };
          },
          kubernetes: async () => {
            kubernetes.push(now());
            latest = observed();
          },
          latest: () => latest,
        },
        watchKubernetes: (onEvent) => {
          tell(kubernetesEvents, onEvent);
          return {
            follow: (kinds) => {
              for (const kind of kinds) {
                watched.add(`kubernetes: ${kind}`);
              }
            },
            [Symbol.dispose]: () => undefined,
          };
        },
        watch: (onEvent) => {
          tell(events, () => onEvent(lastWorker, 'nodeStatuses'));
          tell(controlPlaneEvents, () => onEvent(firstControlPlane, 'nodeStatuses'));
          tell(memberEvents, () => onEvent(firstControlPlane, 'discovery'));
          return {
            trouble: undefined,
            follow: (targets) => {
              for (const { node, kinds } of targets) {
                watched.add(`${node.name}: ${[...kinds].join(', ')}`);
              }
            },
            [Symbol.dispose]: () => undefined,
          };
        },
        onRound: () => undefined,
      },
      controller.signal,
    ),
  );
  return { ending, whole, single, members, kubernetes, polled, watched: [...watched] };
}

const isCordoned = ({ last }: WaitResult): boolean =>
  last?.snapshot.nodes[4]?.nodeStatuses === cordoned.nodes[4]?.nodeStatuses;

test('a healthy cluster takes one round', async () => {
  const { ending, whole, single } = await play({ cluster: [[0, healthy]] });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual([whole, single], [[0], []]);
});

test('a fault is polled at the interval, and only a whole round is healthy', async () => {
  const { ending, whole, single } = await play({
    cluster: [
      [0, cordoned],
      [9000, healthy],
    ],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(single, [4970, 9940]);
  assert.deepEqual(whole, [0, 9940]);
});

test('the end of a fault is reported within the interval, with the polls that this takes', async () => {
  for (const healed of [11, 2500, 4979, 4981]) {
    const { ending } = await play({
      cluster: [
        [0, cordoned],
        [healed, healthy],
      ],
    });
    assert.ok(ending.endedAt - healed < 5000, `${ending.endedAt - healed} ms`);
  }
});

test('slow rounds do not make polls much more frequent', async () => {
  const { single } = await play({ cluster: [[0, cordoned]], took: 2000, waitTimeout: 14_000 });
  assert.deepEqual(single, [4500, 9000]);
});

test('an event that may end all faults causes a whole round, and only faults are watched', async () => {
  const { ending, whole, single, watched } = await play({
    cluster: [
      [0, cordoned],
      [7000, healthy],
    ],
    events: [7000],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(watched, ['worker-2: nodeStatuses', 'worker-2: nodename']);
  assert.deepEqual(single, [4970]);
  assert.deepEqual(whole, [0, 7000]);
});

test('an event that cannot end all faults causes a poll of its node only', async () => {
  const { ending, whole, single } = await play({
    cluster: [
      [0, withCordonedControlPlane],
      [7000, healthy],
    ],
    events: [7000],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(single, [4970, 7005]);
  assert.deepEqual(whole, [0, 9940]);
});

test('the end of a fault on several nodes is reported by several events, and causes one round', async () => {
  const { ending, whole, single } = await play({
    cluster: [
      [0, withCordonedControlPlane],
      [7000, healthy],
    ],
    events: [7000],
    controlPlaneEvents: [7002],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(single, [4970]);
  assert.deepEqual(whole, [0, 7002]);
});

/** Discovery hangs while the rest of the cluster answers. */
const undiscovered: Snapshot = { ...healthy, discovery: failed() };

test('a watch on the members reports that a node has joined', async () => {
  const { ending, whole, members, watched } = await play({
    cluster: [
      [0, undiscovered],
      [7000, healthy],
    ],
    memberEvents: [7000],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(watched, ['cp-1: discovery', 'cp-2: discovery', 'cp-3: discovery']);
  // The new member may resolve everything, which a whole round shows immediately.
  assert.deepEqual(whole, [0, 7000]);
  assert.deepEqual(members, [4970]);
  assert.equal(ending.endedAt, 7010);
});

test('if other faults remain, only the members are polled', async () => {
  const { ending, whole, members } = await play({
    cluster: [
      [0, { ...dead, discovery: failed() }],
      [7000, cordoned],
      [8000, healthy],
    ],
    memberEvents: [7000],
    events: [8000],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(members, [4970, 7005]);
  assert.deepEqual(whole, [0, 8000]);
});

test('a node that hangs is polled again immediately', async () => {
  const { ending, single } = await play({
    cluster: [
      [0, dead],
      [2500, healthy],
    ],
    took: 2000,
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(single, [2000, 3000, 4000]);
  assert.equal(ending.endedAt, 5000);
});

test('time is reserved for the last round as long as answers take, without calls that hang', async () => {
  const slow = await play({ cluster: [[0, cordoned]], took: 3000, waitTimeout: 20_000 });
  assert.equal(slow.whole.at(-1), 16_000);
  const answered = ({ nodes, ...rest }: Snapshot): Snapshot => ({
    ...rest,
    nodes: nodes.map((node) => ({
      ...node,
      version: { ...node.version, at: 0 },
      services: { ...node.services, at: 0 },
      staticPodStatuses: { ...node.staticPodStatuses, at: 0 },
    })),
  });
  const hanging = await play({ cluster: [[0, answered(cordoned)]], took: 3000, waitTimeout: 20_000 });
  assert.equal(hanging.whole.at(-1), 19_950);
});

test('a node that does not answer is not watched', async () => {
  const { watched } = await play({ cluster: [[0, dead]] });
  assert.deepEqual(watched, []);
});

test('an event without a change has no effect', async () => {
  const { ending, whole, single } = await play({ cluster: [[0, cordoned]], events: [1000, 1500], waitTimeout: 3000 });
  assert.equal(ending.verdict, 'unhealthy');
  // The second event is too early for another whole round.
  assert.deepEqual(whole, [0, 1000, 2950]);
  assert.deepEqual(single, [1505]);
});

test('the last round is a whole one just before the deadline, and ends the wait', async () => {
  const { ending, whole, single } = await play({ cluster: [[0, cordoned]], waitTimeout: 12_000 });
  assert.equal(ending.verdict, 'unhealthy');
  assert.deepEqual(single, [4970, 9940]);
  assert.deepEqual(whole, [0, 11_950]);
  assert.equal(ending.endedAt, 11_960);
});

test('a cluster that recovers just before the deadline is healthy', async () => {
  const { ending } = await play({
    cluster: [
      [0, cordoned],
      [11_900, healthy],
    ],
    waitTimeout: 12_000,
  });
  assert.equal(ending.verdict, 'healthy');
});

test('a wait-timeout of 0 is one round', async () => {
  const { ending, whole, single } = await play({
    cluster: [
      [0, cordoned],
      [1, healthy],
    ],
    waitTimeout: 0,
  });
  assert.equal(ending.verdict, 'unhealthy');
  assert.deepEqual([whole, single], [[0], []]);
});

test('a finding that failed ends the wait', async () => {
  const { ending, whole } = await play({ cluster: [[0, denied]] });
  assert.equal(ending.verdict, 'error');
  assert.deepEqual(whole, [0]);
});

test('without a previous round, one that the deadline cuts short decides', async () => {
  const { ending } = await play({ cluster: [[0, cordoned]], waitTimeout: 1000, took: 5000 });
  assert.equal(ending.verdict, 'unhealthy');
  assert.ok(isCordoned(ending));
  assert.equal(ending.endedAt, 1000);
});

test('a round that the deadline cuts short does not replace a whole one', async () => {
  const { ending } = await play({
    cluster: [
      [0, cordoned],
      [3000, allSilent],
    ],
    waitTimeout: 5500,
    took: 3000,
  });
  assert.equal(ending.verdict, 'unhealthy');
  assert.ok(isCordoned(ending));
  assert.equal(ending.endedAt, 5500);
});

test('a poll that ends at the deadline does not replace a whole round', async () => {
  const { ending, single } = await play({
    cluster: [
      [0, cordoned],
      [7500, allSilent],
    ],
    waitTimeout: 7500,
    stalls: true,
  });
  assert.equal(single[0], 4970);
  assert.equal(ending.verdict, 'unhealthy');
  assert.ok(isCordoned(ending));
});

test('a cancelled wait keeps the last round, and is never healthy', async () => {
  const { ending } = await play({ cluster: [[0, cordoned]], cancelAt: 3000 });
  assert.equal(ending.verdict, 'cancelled');
  assert.ok(isCordoned(ending));
  assert.equal(ending.endedAt, 3000);
});

test('a wait that is cancelled during a healthy round is cancelled', async () => {
  const { ending } = await play({ cluster: [[0, healthy]], took: 100, cancelAt: 50 });
  assert.equal(ending.verdict, 'cancelled');
});

test('with stable-for, the cluster has to stay healthy', async () => {
  const { ending, whole } = await play({ cluster: [[0, healthy]], stableFor: 12_000 });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(whole, [0, 4980, 9960, 12_000]);
  assert.equal(ending.healthySince, 0);
  assert.equal(ending.flaps, 0);
});

test('a flap restarts stable-for, and is counted', async () => {
  const { ending } = await play({
    cluster: [
      [0, healthy],
      [6000, cordoned],
      [8000, healthy],
    ],
    events: [6000, 8000],
    stableFor: 10_000,
  });
  assert.equal(ending.verdict, 'healthy');
  assert.equal(ending.flaps, 1);
  assert.equal(ending.healthySince, 8000);
  assert.equal(ending.endedAt, 18_010);
});

test('a cluster that is not healthy for stable-for before the deadline is not healthy', async () => {
  const { ending } = await play({
    cluster: [
      [0, cordoned],
      [4000, healthy],
    ],
    stableFor: 8000,
    waitTimeout: 10_000,
  });
  assert.equal(ending.verdict, 'unhealthy');
  assert.equal(ending.last?.healthy, true);
});

test('a storm of events on one node causes few polls and rounds, and does not delay other polls', async () => {
  const events = Array.from({ length: 3000 }, (_, index) => 20 + 5 * index);
  const { ending, whole, single, members } = await play({ cluster: [[0, cordoned]], events, waitTimeout: 15_000 });
  assert.equal(ending.verdict, 'unhealthy');
  assert.deepEqual(whole, [0, 1030, 6030, 11_030, 14_950]);
  assert.deepEqual(members, [6000, 11_000]);
  // Ten at once, and then four per second.
  assert.ok(single.length >= 55 && single.length <= 70, `${single.length} polls`);
});

test('endpoints that do not answer are tried every second', async () => {
  const { ending, members } = await play({
    cluster: [
      [0, shutOut],
      [3500, healthy],
    ],
    retryInterval: 30_000,
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(members, [1000, 2000, 3000, 4000]);
});

test('in a stable cluster, an event causes no whole round', async () => {
  const { ending, whole } = await play({
    cluster: [[0, healthy]],
    events: [1000, 2000, 3000, 4000],
    stableFor: 4500,
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(whole, [0, 4500]);
});

test('a cluster that was healthy before is not healthy if the last round was cut short', async () => {
  const { ending } = await play({
    cluster: [
      [0, healthy],
      [7000, allSilent],
    ],
    stableFor: 10_000,
    waitTimeout: 10_000,
    took: 3000,
  });
  assert.equal(ending.verdict, 'unhealthy');
});

const inKubernetes = withKubernetes(healthy);
const proxyCrashes = kubernetesPodIs('kube-proxy-worker-1', crashes)(inKubernetes);

test('a fault in Kubernetes is polled at the interval and watched through the Kubernetes API', async () => {
  const { ending, whole, single, kubernetes, watched } = await play({
    cluster: [
      [0, proxyCrashes],
      [7000, inKubernetes],
    ],
    kubernetesEvents: [7000],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(watched, ['kubernetes: daemon-sets', 'kubernetes: pods', 'kubernetes: nodes']);
  assert.deepEqual(single, []);
  assert.deepEqual(kubernetes, [4970]);
  assert.deepEqual(whole, [0, 7000]);
});

test('without access, the Kubernetes API is not polled', async () => {
  const { kubernetes, watched } = await play({
    cluster: [
      [0, cordoned],
      [9000, healthy],
    ],
  });
  assert.deepEqual(kubernetes, []);
  assert.deepEqual(watched, ['worker-2: nodeStatuses', 'worker-2: nodename']);
});

test('a stable cluster is watched in Kubernetes too', async () => {
  const { watched } = await play({ cluster: [[0, inKubernetes]], stableFor: 10_000 });
  assert.deepEqual(
    watched.filter((one) => one.startsWith('kubernetes')).sort(),
    ['daemon-sets', 'deployments', 'nodes', 'pods'].map((kind) => `kubernetes: ${kind}`),
  );
});

test('a stable cluster is watched for everything that its checks read', async () => {
  const { watched } = await play({ cluster: [[0, healthy]], stableFor: 10_000 });
  const ofNode = (name: string): readonly string[] =>
    watched.flatMap((one) => (one.startsWith(`${name}: `) ? [one.slice(name.length + 2)] : [])).sort();
  const kinds = [
    'diagnostics',
    'identity',
    'kubePrism',
    'machineStatus',
    'network',
    'nodeStatuses',
    'nodename',
    'probes',
    'services',
    'staticPodStatuses',
    'staticPods',
    'upgrade',
    'volumes',
  ];
  assert.deepEqual(ofNode('worker-2'), kinds);
  assert.deepEqual(ofNode('cp-1'), [...kinds, 'discovery', 'kubeletImage'].sort());
  // The number of watches is limited, so the most significant resources come first.
  assert.deepEqual(
    new Set(watched.slice(0, 10).map((one) => one.split(': ')[1])),
    new Set(['machineStatus', 'nodeStatuses']),
  );
});

test('a flap during a slow whole round restarts stable-for', async () => {
  const { ending } = await play({
    cluster: [
      [0, healthy],
      [6000, cordoned],
      [6500, healthy],
    ],
    events: [6000, 6500],
    took: 2000,
    stableFor: 10_000,
  });
  assert.equal(ending.verdict, 'healthy');
  assert.equal(ending.flaps, 1);
  assert.ok((ending.healthySince ?? 0) >= 6500);
});

/** Another member is the leader, which each control plane reports only from now on. */
const withNewLeader: Snapshot = {
  ...healthy,
  nodes: healthy.nodes.map((node) =>
    node.node.role === 'controlplane' && node.etcdStatus.ok
      ? { ...node, etcdStatus: ok({ ...node.etcdStatus.value, leader: 'e2' }) }
      : node,
  ),
};

test('a control plane with newer data than the others is not a flap: the others are polled first', async () => {
  const { ending, polled } = await play({
    cluster: [
      [0, healthy],
      [2000, withNewLeader],
    ],
    controlPlaneEvents: [2100],
    stableFor: 4000,
  });
  assert.equal(ending.verdict, 'healthy');
  assert.equal(ending.flaps, 0);
  assert.deepEqual(polled, ['2105 cp-1', '2110 cp-2', '2110 cp-3']);
});

test('the doubt about control planes that disagree is limited', async () => {
  const nodes = healthy.nodes.map((node, index) => (index === 0 ? (withNewLeader.nodes[0] ?? node) : node));
  const { ending } = await play({
    cluster: [
      [0, healthy],
      [2000, { ...healthy, nodes }],
    ],
    controlPlaneEvents: [2100],
    stableFor: 4000,
    waitTimeout: 5000,
  });
  assert.equal(ending.verdict, 'unhealthy');
  assert.equal(ending.flaps, 1);
});

test('whatever fails and recovers, the wait observes it in time', async () => {
  const faults = fc.array(
    fc.record({
      from: fc.integer({ min: 0, max: 20_000 }),
      lasts: fc.integer({ min: 1, max: 10_000 }),
      told: fc.boolean(),
    }),
    { maxLength: 5 },
  );
  const timing = fc.record({ took: fc.integer({ min: 1, max: 300 }), stableFor: fc.constantFrom(0, 3000, 8000) });
  await fc.assert(
    fc.asyncProperty(faults, timing, async (all, { took, stableFor }) => {
      const isFaulty = (time: number): boolean => all.some(({ from, lasts }) => from <= time && time < from + lasts);
      const edges = all.flatMap(({ from, lasts }) => [from, from + lasts]).sort((one, other) => one - other);
      const { ending } = await play({
        cluster: [0, ...edges].map((time) => [time, isFaulty(time) ? cordoned : healthy]),
        events: all.flatMap(({ from, lasts, told }) => (told ? [from, from + lasts] : [])).filter((time) => time > 0),
        took,
        stableFor,
      });
      assert.equal(ending.verdict, 'healthy');
      const { last, healthySince = Number.NaN, endedAt } = ending;
      assert.ok(last?.whole && !isFaulty(last.began));
      assert.ok(last.began - healthySince >= stableFor);
      // Each flap that a watch reports is observed if it lasts longer than its poll.
      const flaps = all.filter(
        ({ from, lasts, told }) => told && lasts > 10 && from > healthySince && from < last.began,
      );
      assert.deepEqual(
        flaps.filter(({ from }) => !isFaulty(from - 1)),
        [],
      );
      const healed = Math.max(0, ...edges);
      assert.ok(endedAt <= healed + 5000 + stableFor + 2 * took, `${endedAt}, ${healed}`);
    }),
    { numRuns: 150 },
  );
});
