import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type WaitResult, waitUntilHealthy } from '../../src/gate/wait.ts';
import type { NodeSnapshot, Snapshot } from '../../src/observe/snapshot.ts';
import type { WatchDependencies } from '../../src/observe/watching.ts';
import { options } from '../builders/judged.ts';
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
  /** What the cluster is like from this time on. */
  readonly cluster: readonly (readonly [from: number, snapshot: Snapshot])[];
  /** When a watch tells of a change on the last worker. */
  readonly events?: readonly number[];
  /** When one tells of a change on the first control plane. */
  readonly controlPlaneEvents?: readonly number[];
  /** When a watch tells that members have come or gone. */
  readonly memberEvents?: readonly number[];
  /** When a watch tells of a change in Kubernetes. */
  readonly kubernetesEvents?: readonly number[];
  /** Milliseconds that a whole round takes, and a look at a single node. */
  readonly took?: number;
  /** The process gets no time while it looks at a single node, until the deadline. */
  readonly stalls?: true;
  /** Cancels at this time. */
  readonly cancelAt?: number;
}

interface Played {
  readonly ending: WaitResult;
  /** When everything was looked at, and when the last worker alone. */
  readonly whole: readonly number[];
  readonly single: readonly number[];
  /** When it was asked who is in the cluster. */
  readonly members: readonly number[];
  /** When the Kubernetes API was asked alone. */
  readonly kubernetes: readonly number[];
  readonly watched: readonly string[];
}

/** Plays a wait on a clock that only the scene moves. */
async function play(scene: Scene): Promise<Played> {
  const { waitTimeout = 60_000, retryInterval = 5000, stableFor = 0, cluster, events = [], took = 10 } = scene;
  const { memberEvents = [], controlPlaneEvents = [], kubernetesEvents = [] } = scene;
  const controller = new AbortController();
  const whole: number[] = [];
  const single: number[] = [];
  const members: number[] = [];
  const kubernetes: number[] = [];
  const watched = new Set<string>();
  let time = 0;
  let latest = healthy;
  let tell: WatchDependencies['onEvent'] = () => undefined;
  let tellOfKubernetes = (): void => undefined;

  /** Lets what is under way go on before the clock moves. */
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  async function pass(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const until = time + milliseconds;
    for (;;) {
      await settle();
      const cancelAt = scene.cancelAt ?? Number.POSITIVE_INFINITY;
      const told = [...events, ...controlPlaneEvents, ...memberEvents, ...kubernetesEvents];
      const next = [...told, cancelAt].filter((at) => at > time && at <= until);
      if (signal?.aborted || next.length === 0) {
        break;
      }
      time = Math.min(...next);
      if (time === scene.cancelAt) {
        controller.abort();
      } else if (kubernetesEvents.includes(time)) {
        tellOfKubernetes();
      } else if (memberEvents.includes(time)) {
        tell(firstControlPlane, 'discovery');
      } else if (controlPlaneEvents.includes(time)) {
        tell(firstControlPlane, 'nodeStatuses');
      } else {
        tell(lastWorker, 'nodeStatuses');
      }
    }
    time = signal?.aborted ? time : Math.max(time, until);
  }
  const seen = (): Snapshot => cluster.findLast(([from]) => from <= time)?.[1] ?? healthy;

  const ending = await waitUntilHealthy(
    { ...options, waitTimeout, retryInterval, stableFor, rpcTimeout: 5000 },
    {
      now: () => time,
      sleep: (milliseconds, signal) => pass(milliseconds, signal),
      observer: {
        whole: async ({ deadline }) => {
          const snapshot = seen();
          whole.push(time);
          await pass(Math.min(took, deadline - time), controller.signal);
          latest = snapshot;
          return snapshot;
        },
        members: async () => {
          members.push(time);
          const unasked = latest.endpoints.every(({ state }) => state === 'failed');
          latest = unasked || scene.memberEvents !== undefined ? seen() : latest;
        },
        node: async (node) => {
          if (node.name === lastWorker.name) {
            single.push(time);
          }
          time = scene.stalls ? waitTimeout : time;
          latest = seen();
        },
        kubernetes: async () => {
          kubernetes.push(time);
          latest = seen();
        },
        latest: () => latest,
      },
      watchKubernetes: (onEvent) => {
        tellOfKubernetes = onEvent;
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
        tell = onEvent;
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
  );
  return { ending, whole, single, members, kubernetes, watched: [...watched] };
}

test('a healthy cluster takes one look', async () => {
  const { ending, whole, single } = await play({ cluster: [[0, healthy]] });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual([whole, single], [[0], []]);
});

test('what is not as it should is looked at again at the interval, and healthy is said only of a whole round', async () => {
  const { ending, whole, single } = await play({
    cluster: [
      [0, cordoned],
      [9000, healthy],
    ],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(single, [4980, 9950]);
  assert.deepEqual(whole, [0, 9950]);
});

test('whatever ends is said within the interval, with the looks that this takes', async () => {
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

test('looks that take long do not come much more often', async () => {
  const { single } = await play({ cluster: [[0, cordoned]], took: 2000, waitTimeout: 14_000 });
  assert.deepEqual(single, [6500, 11_000]);
});

test('an event is looked at when it comes, and only what can end a finding is watched', async () => {
  const { ending, whole, single, watched } = await play({
    cluster: [
      [0, cordoned],
      [7000, healthy],
    ],
    events: [7000],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(watched, ['worker-2: nodename, nodeStatuses']);
  assert.deepEqual(single, [4980]);
  assert.deepEqual(whole, [0, 7000]);
});

test('an event that cannot be the end of it is a look at its node alone', async () => {
  const { ending, whole, single } = await play({
    cluster: [
      [0, withCordonedControlPlane],
      [7000, healthy],
    ],
    events: [7000],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(single, [4980, 7005]);
  assert.deepEqual(whole, [0, 7005]);
});

test('what ends on several nodes at once is told of one after the other, and seen in one look', async () => {
  const { ending, whole, single } = await play({
    cluster: [
      [0, withCordonedControlPlane],
      [7000, healthy],
    ],
    events: [7000],
    controlPlaneEvents: [7002],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(single, [4980]);
  assert.deepEqual(whole, [0, 7002]);
});

/** Discovery hung while the rest of the cluster answered. */
const undiscovered: Snapshot = { ...healthy, discovery: failed() };

test('who is in the cluster is asked again as soon as a watch tells that it has changed', async () => {
  const { ending, whole, members, watched } = await play({
    cluster: [
      [0, undiscovered],
      [7000, healthy],
    ],
    memberEvents: [7000],
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(watched, ['cp-1: discovery', 'cp-2: discovery', 'cp-3: discovery']);
  // It may be all that is missing, and then the look at everything says so at once.
  assert.deepEqual(whole, [0, 7000]);
  assert.deepEqual(members, [4980]);
  assert.equal(ending.endedAt, 7010);
});

test('where more than that is missing, it is asked alone', async () => {
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
  assert.deepEqual(members, [4980, 7005]);
  assert.deepEqual(whole, [0, 8000]);
});

test('a node that hangs is looked at again without waiting for the interval', async () => {
  const { ending, single } = await play({
    cluster: [
      [0, dead],
      [10, healthy],
    ],
    took: 10,
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(single, [10]);
});

test('before the deadline there is time for the last look where answers take long, and not where something hangs', async () => {
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

test('an event without a change changes nothing', async () => {
  const { ending, whole, single } = await play({ cluster: [[0, cordoned]], events: [1000, 1500], waitTimeout: 3000 });
  assert.equal(ending.verdict, 'unhealthy');
  // The second is one of many, and not worth a look at everything.
  assert.deepEqual(whole, [0, 1000, 2950]);
  assert.deepEqual(single, [1505]);
});

test('the last look is a whole one just before the deadline, and nothing is waited for after it', async () => {
  const { ending, whole, single } = await play({ cluster: [[0, cordoned]], waitTimeout: 12_000 });
  assert.equal(ending.verdict, 'unhealthy');
  assert.deepEqual(single, [4980, 9950]);
  assert.deepEqual(whole, [0, 11_950]);
  assert.equal(ending.endedAt, 11_960);
});

test('a cluster that heals in the last moment is healthy', async () => {
  const { ending } = await play({
    cluster: [
      [0, cordoned],
      [11_900, healthy],
    ],
    waitTimeout: 12_000,
  });
  assert.equal(ending.verdict, 'healthy');
});

test('0 is one look at the status now', async () => {
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

test('what waiting cannot help ends the wait', async () => {
  const { ending, whole } = await play({ cluster: [[0, denied]] });
  assert.equal(ending.verdict, 'error');
  assert.deepEqual(whole, [0]);
});

test('where there is no whole round, the one that the deadline cut short has to do', async () => {
  const { ending } = await play({ cluster: [[0, cordoned]], waitTimeout: 1000, took: 5000 });
  assert.equal(ending.verdict, 'unhealthy');
  assert.equal(ending.last?.snapshot, cordoned);
  assert.equal(ending.endedAt, 1000);
});

test('a round that the deadline cuts short does not overrule a whole one', async () => {
  const { ending } = await play({
    cluster: [
      [0, cordoned],
      [3000, allSilent],
    ],
    waitTimeout: 5500,
    took: 3000,
  });
  assert.equal(ending.verdict, 'unhealthy');
  assert.equal(ending.last?.snapshot, cordoned);
  assert.equal(ending.endedAt, 5500);
});

test('nor does a look at single nodes that ends with the deadline', async () => {
  const { ending, single } = await play({
    cluster: [
      [0, cordoned],
      [7500, allSilent],
    ],
    waitTimeout: 7500,
    stalls: true,
  });
  assert.deepEqual(single, [4980]);
  assert.equal(ending.verdict, 'unhealthy');
  assert.equal(ending.last?.snapshot, cordoned);
});

test('cancelled while it waits: what was seen last is kept, and it is never healthy', async () => {
  const { ending } = await play({ cluster: [[0, cordoned]], cancelAt: 3000 });
  assert.equal(ending.verdict, 'cancelled');
  assert.equal(ending.last?.snapshot, cordoned);
  assert.equal(ending.endedAt, 3000);
});

test('cancelled in the middle of a look that would have been healthy', async () => {
  const { ending } = await play({ cluster: [[0, healthy]], took: 100, cancelAt: 50 });
  assert.equal(ending.verdict, 'cancelled');
});

test('it has to stay healthy for as long as it is asked to', async () => {
  const { ending, whole } = await play({ cluster: [[0, healthy]], stableFor: 12_000 });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(whole, [0, 4980, 9960, 12_000]);
  assert.equal(ending.healthySince, 0);
  assert.equal(ending.flaps, 0);
});

test('a flap starts the count again, and is counted', async () => {
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

test('healthy, but not for long enough before the deadline', async () => {
  const { ending } = await play({
    cluster: [
      [0, cordoned],
      [4000, healthy],
    ],
    stableFor: 8000,
    waitTimeout: 10_000,
  });
  assert.equal(ending.verdict, 'unhealthy');
  assert.equal(ending.last?.good, true);
});

test('a storm of events on one node does not hold back the looks at others', async () => {
  const events = Array.from({ length: 3000 }, (_, index) => 20 + 5 * index);
  const { ending, members } = await play({ cluster: [[0, cordoned]], events, waitTimeout: 15_000 });
  assert.equal(ending.verdict, 'unhealthy');
  assert.deepEqual(members, [4985, 9960, 14_935]);
});

test('while no endpoint answers they are tried every second', async () => {
  const { ending, members } = await play({
    cluster: [
      [0, shutOut],
      [3500, healthy],
    ],
    retryInterval: 30_000,
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(members, [1010, 2010, 3010, 4010]);
});

test('while it has to stay healthy, events make no whole rounds', async () => {
  const { ending, whole } = await play({
    cluster: [[0, healthy]],
    events: [1000, 2000, 3000, 4000],
    stableFor: 4500,
  });
  assert.equal(ending.verdict, 'healthy');
  assert.deepEqual(whole, [0, 4500]);
});

test('what was healthy some time ago is not said to be so now, where the last look was cut short', async () => {
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

test('what only the Kubernetes API tells is asked there again, at the interval and when a watch tells of a change', async () => {
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
  assert.deepEqual(kubernetes, [4980, 7000]);
  assert.deepEqual(whole, [0, 7000]);
});

test('what Talos alone tells is not asked of the Kubernetes API, where there is no access', async () => {
  const { kubernetes, watched } = await play({
    cluster: [
      [0, cordoned],
      [9000, healthy],
    ],
  });
  assert.deepEqual(kubernetes, []);
  assert.deepEqual(watched, ['worker-2: nodename, nodeStatuses']);
});

test('a cluster that has to stay healthy is watched in Kubernetes too', async () => {
  const { watched } = await play({ cluster: [[0, inKubernetes]], stableFor: 10_000 });
  assert.deepEqual(
    watched.filter((one) => one.startsWith('kubernetes')),
    ['nodes', 'pods', 'daemon-sets', 'deployments'].map((kind) => `kubernetes: ${kind}`),
  );
});
