import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../src/gate/evaluate.ts';
import { wantedLogs } from '../../src/gate/logs.ts';
import { options } from '../builders/evaluate.ts';
import { all, type Fault, serviceIs, unreachable, withFaults, withoutService } from '../builders/faults.ts';
import { healthySnapshot } from '../builders/snapshot.ts';

function wanted(...faults: readonly Fault[]): readonly string[] {
  const snapshot = withFaults(healthySnapshot(), ...faults);
  const findings = evaluate(snapshot, { ...options, contextName: 'prod' });
  return wantedLogs(findings, snapshot).map(({ node, service }) => `${service} on ${node.name}`);
}

const failed = (name: string, id: string): Fault => serviceIs(name, id, { state: 'Failed', health: 'unknown' });

const notReady: Fault = (snapshot) => ({
  ...snapshot,
  nodes: snapshot.nodes.map((node) =>
    node.nodeStatuses.ok
      ? {
          ...node,
          nodeStatuses: {
            ...node.nodeStatuses,
            value: node.nodeStatuses.value.map((status) => ({ ...status, ready: false })),
          },
        }
      : node,
  ),
});

test('a log is read at the address at which the node answers', () => {
  const snapshot = withFaults(healthySnapshot(), failed('worker-1', 'kubelet'), (before) => ({
    ...before,
    nodes: before.nodes.map((node) => ({ ...node, answeredAt: '10.9.0.1' })),
  }));
  const [log] = wantedLogs(evaluate(snapshot, options), snapshot);
  assert.equal(log?.address, '10.9.0.1');
});

const scenes: readonly (readonly [name: string, fault: Fault, logs: readonly string[]])[] = [
  ['a healthy cluster', all(), []],
  ['a service that failed', failed('worker-1', 'ext-tunnel'), ['ext-tunnel on worker-1']],
  ['the kubelet, and not again for what follows from it', failed('worker-1', 'kubelet'), ['kubelet on worker-1']],
  ['etcd', failed('cp-2', 'etcd'), ['etcd on cp-2']],
  ['a service that is not even there', withoutService('worker-1', 'kubelet'), ['kubelet on worker-1']],
  ['a node that does not answer has no log to read', unreachable('worker-1'), []],
  [
    'a node that is not Ready',
    notReady,
    ['kubelet on cp-1', 'kubelet on cp-2', 'kubelet on cp-3', 'kubelet on worker-1', 'kubelet on worker-2'],
  ],
  [
    'many: every service once, before one comes twice; five in all',
    all(...['cp-1', 'cp-2', 'cp-3'].map((name) => all(failed(name, 'etcd'), failed(name, 'trustd')))),
    ['trustd on cp-1', 'etcd on cp-1', 'trustd on cp-2', 'etcd on cp-2', 'trustd on cp-3'],
  ],
];

for (const [name, fault, logs] of scenes) {
  test(`logs: ${name}`, () => {
    assert.deepEqual(wanted(fault), logs);
  });
}
