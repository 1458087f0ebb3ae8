import assert from 'node:assert/strict';
import { test } from 'node:test';
import { causesWith, line } from '../builders/diagnose.ts';
import { all, serviceIs } from '../builders/faults.ts';

const ended = { state: 'Waiting', health: 'unknown', lastEvent: 'Waiting for service "sandboxd" to be "up"' } as const;
const failed = { state: 'Failed', health: 'unknown', lastEvent: 'Failed to run: exit status 2' } as const;

test('a sandboxd that failed is the cause of what became of cri and the kubelet', () => {
  const causes = causesWith(
    all(
      serviceIs('worker-1', 'sandboxd', failed),
      serviceIs('worker-1', 'cri', ended),
      serviceIs('worker-1', 'kubelet', { ...ended, state: 'Failed' }),
    ),
  );
  assert.deepEqual(causes.map(line), [
    'sandbox-down worker-1: sandboxd is Failed: Failed to run: exit status 2: cri, the kubelet and the pods of the machine go down with it',
  ]);
  assert.deepEqual(causes[0]?.hint.commands, [
    'talosctl -n 10.0.1.1 service sandboxd',
    'talosctl -n 10.0.1.1 logs sandboxd',
  ]);
});

test('a kubelet that failed beside a sandboxd that runs is a cause of its own', () => {
  const causes = causesWith(all(serviceIs('worker-1', 'sandboxd', {}), serviceIs('worker-1', 'kubelet', failed)));
  assert.deepEqual(
    causes.map(({ id }) => id),
    ['kubelet-down'],
  );
});
