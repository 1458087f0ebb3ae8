import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeDaemonSet, decodeDeployment, decodeNode, decodePage, decodePod } from '../../src/kubernetes/decode.ts';

const node = {
  metadata: { name: 'cp-1', labels: { 'node-role.kubernetes.io/control-plane': '' } },
  spec: { unschedulable: true },
  status: {
    addresses: [
      { type: 'InternalIP', address: '10.0.0.1' },
      { type: 'Hostname', address: 'cp-1' },
    ],
    conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'cni plugin not initialized' }],
    nodeInfo: { kubeletVersion: 'v1.36.0' },
  },
};

const pod = {
  metadata: { name: 'kube-proxy-x', labels: { 'k8s-app': 'kube-proxy' }, deletionTimestamp: '2026-01-01T00:00:00Z' },
  spec: { nodeName: 'worker-1' },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [{ name: 'main', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
  },
};

test('a node is decoded', () => {
  assert.deepEqual(decodeNode(node), {
    name: 'cp-1',
    addresses: ['10.0.0.1', 'cp-1'],
    controlPlane: true,
    kubeletVersion: 'v1.36.0',
    unschedulable: true,
    conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'cni plugin not initialized' }],
  });
});

test('a pod is decoded', () => {
  assert.deepEqual(decodePod(pod), {
    name: 'kube-proxy-x',
    app: 'kube-proxy',
    node: 'worker-1',
    phase: 'Running',
    deleted: true,
    conditions: [{ type: 'Ready', status: 'True', reason: '', message: '' }],
    containers: [{ name: 'main', state: 'waiting', reason: 'CrashLoopBackOff' }],
  });
});

test('absent fields of a new node or pod are empty and do not make it ready', () => {
  const { conditions, addresses, controlPlane, unschedulable } = decodeNode({ metadata: { name: 'new' } });
  assert.deepEqual([conditions, addresses, controlPlane, unschedulable], [[], [], false, false]);
  const { phase, containers, deleted } = decodePod({ metadata: { name: 'new' }, status: null });
  assert.deepEqual([phase, containers, deleted], ['', [], false]);
});

test('a workload has its desired number of pods, and whether its controller is up to date', () => {
  const metadata = { name: 'kube-proxy', generation: 3 };
  assert.deepEqual(decodeDaemonSet({ metadata, status: { desiredNumberScheduled: 5, observedGeneration: 3 } }), {
    name: 'kube-proxy',
    wanted: 5,
    upToDate: true,
  });
  assert.equal(
    decodeDaemonSet({ metadata, status: { desiredNumberScheduled: 5, observedGeneration: 2 } }).upToDate,
    false,
  );
  assert.equal(decodeDaemonSet({ metadata, status: { desiredNumberScheduled: 5 } }).upToDate, false);
  assert.deepEqual(decodeDeployment({ metadata: { name: 'coredns' }, spec: { replicas: 2 } }), {
    name: 'coredns',
    wanted: 2,
    upToDate: true,
  });
});

test('a page has the continue token of the next one', () => {
  assert.deepEqual(decodePage({ metadata: { continue: 'next', resourceVersion: '7' }, items: [node] }, decodeNode), {
    items: [decodeNode(node)],
    next: 'next',
    resourceVersion: '7',
  });
});

const items = (...values: readonly unknown[]): unknown => ({ metadata: {}, items: values });

/** Invalid responses, and the expected errors. */
const hostile: readonly (readonly [unknown, string])[] = [
  [null, 'the answer is no object'],
  ['text', 'the answer is no object'],
  [[], 'the answer is no object'],
  [{}, 'the answer has no list of items'],
  [{ items: null }, 'the answer has no list of items'],
  [{ items: { length: 1 } }, 'the answer has no list of items'],
  [{ metadata: 'x', items: [] }, 'metadata is no object'],
  [items(null), 'item 1 is no object'],
  [items(node, 7), 'item 2 is no object'],
  [items({}), 'metadata of a node is no object'],
  [items({ metadata: {} }), 'the name of a node is no name'],
  [items({ metadata: { name: '' } }), 'the name of a node is no name'],
  [items({ metadata: { name: ['cp-1'] } }), 'the name of a node is no name'],
  [items({ ...node, status: [] }), 'status of node cp-1 is no object'],
  [items({ ...node, status: { conditions: {} } }), 'conditions of node cp-1 is no list'],
  [items({ ...node, status: { conditions: ['Ready'] } }), 'a condition of node cp-1 is no object'],
  [items({ ...node, status: { conditions: [{ status: 'True' }] } }), 'the type of a condition of node cp-1 is no name'],
  [items({ ...node, spec: { unschedulable: 'false' } }), 'unschedulable of node cp-1 is neither true nor false'],
  [items({ ...node, spec: 'none' }), 'spec of node cp-1 is no object'],
  [items({ ...node, status: { addresses: 'none' } }), 'addresses of node cp-1 is no list'],
];

for (const [answer, message] of hostile) {
  test(`${JSON.stringify(answer).slice(0, 60)} is not a list of nodes`, () => {
    assert.throws(() => decodePage(answer, decodeNode), { message });
  });
}

test('a condition is not true if its status is not a string', () => {
  const { conditions } = decodeNode({
    metadata: { name: 'cp-1' },
    status: { conditions: [{ type: 'Ready', status: true, reason: 7, message: {} }] },
  });
  assert.deepEqual(conditions, [{ type: 'Ready', status: '', reason: '', message: '' }]);
});

test('an invalid number of pods is an error', () => {
  for (const wanted of [undefined, null, '5', -1, 1.5, Number.NaN, 1e300]) {
    assert.throws(
      () => decodeDaemonSet({ metadata: { name: 'x' }, status: { desiredNumberScheduled: wanted } }),
      /^Error: desiredNumberScheduled of DaemonSet x is no number of pods$/,
    );
    assert.throws(
      () => decodeDeployment({ metadata: { name: 'x' }, spec: { replicas: wanted } }),
      /^Error: replicas of Deployment x is no number of pods$/,
    );
  }
});

test('a container without a known state is unknown', () => {
  const statuses = [{ name: 'a' }, { name: 'b', state: { waiting: 'x' } }, { name: 'c', state: { later: {} } }];
  const { containers } = decodePod({ metadata: { name: 'x' }, status: { containerStatuses: statuses } });
  assert.deepEqual(
    containers.map(({ state, reason }) => `${state} ${reason}`),
    ['unknown ', 'unknown ', 'unknown '],
  );
  assert.throws(
    () => decodePod({ metadata: { name: 'x' }, status: { containerStatuses: [{ state: 7 }] } }),
    /^Error: the state of a container of pod x is no object$/,
  );
});
