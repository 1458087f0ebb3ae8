import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crashLooping } from '../builders/crash-loops.ts';
import { causesWith, line } from '../builders/diagnose.ts';
import { all, serviceIs } from '../builders/faults.ts';

const namespaceLost = 'sandboxd exited, namespace lost: signal: killed';

test('a sandboxd in a crash loop is the cause of what became of cri and the kubelet', () => {
  const causes = causesWith(
    all(
      serviceIs('worker-1', 'sandboxd', crashLooping(namespaceLost, 'sandboxd')),
      serviceIs('worker-1', 'cri', crashLooping('sandbox namespace not available yet', 'cri')),
      serviceIs('worker-1', 'kubelet', { health: 'unhealthy', healthMessage: 'connection refused' }),
    ),
  );
  assert.deepEqual(causes.map(line), [
    `sandbox-down worker-1: sandboxd is in a crash loop: ${namespaceLost}: cri, the kubelet and the pods of the machine go down with it`,
  ]);
  assert.deepEqual(causes[0]?.hint.commands, [
    'talosctl -n 10.0.1.1 service sandboxd',
    'talosctl -n 10.0.1.1 logs sandboxd',
  ]);
  assert.match(causes[0]?.findings[0]?.message ?? '', /^sandboxd .*; cri .*; kubelet /);
});

test('a sandboxd that is unhealthy is the cause, too', () => {
  const causes = causesWith(
    all(
      serviceIs('cp-2', 'sandboxd', { health: 'unhealthy', healthMessage: 'sandbox namespace not available' }),
      serviceIs('cp-2', 'kubelet', { health: 'unhealthy', healthMessage: 'connection refused' }),
      serviceIs('cp-2', 'etcd', { health: 'unhealthy', healthMessage: 'context deadline exceeded' }),
    ),
  );
  assert.deepEqual(causes.map(line), [
    'sandbox-down cp-2: sandboxd is unhealthy: sandbox namespace not available: cri, the kubelet and the pods of the machine go down with it',
  ]);
});

test('a kubelet that failed beside a sandboxd that runs is a cause of its own', () => {
  const failed = { state: 'Failed', health: 'unknown', lastEvent: 'Failed to run: exit status 2' } as const;
  const causes = causesWith(all(serviceIs('worker-1', 'sandboxd', {}), serviceIs('worker-1', 'kubelet', failed)));
  assert.deepEqual(
    causes.map(({ id }) => id),
    ['kubelet-down'],
  );
});
