import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingOf, findingsWith, line } from '../builders/evaluate.ts';
import { type Fault, facetFailed, onNode, serviceIs, stage, unmet, withoutService } from '../builders/faults.ts';
import { ok } from '../builders/snapshot.ts';

const MiB = 1024 * 1024;

test('boot-finished: each stage has its message and hint', () => {
  const at = (is: Parameters<typeof stage>[1]) => findingsWith(stage('worker-1', is));
  assert.equal(line(findingsWith(), 'boot-finished', 'worker-1'), 'pass: running');
  assert.equal(line(at('booting'), 'boot-finished', 'worker-1'), 'pending: the machine is booting');
  assert.equal(line(at('maintenance'), 'boot-finished', 'worker-1'), 'pending: the machine is in maintenance mode');
  assert.equal(line(at('unknown'), 'boot-finished', 'worker-1'), 'pending: the machine is in no known stage');
  assert.equal(line(at('shutting down'), 'boot-finished', 'worker-1'), 'pending: the machine is shutting down');
  assert.deepEqual(findingOf(findingsWith(stage('cp-2', 'booting')), 'boot-finished', 'cp-2').hint?.commands, [
    'talosctl -n 10.0.0.2 services',
  ]);
  assert.deepEqual(findingOf(at('maintenance'), 'boot-finished', 'worker-1').hint, {
    text: 'The node has no configuration yet: apply one, which installs Talos on its disk.',
    commands: ['talosctl -n 10.0.1.1 apply-config --insecure --file worker.yaml'],
  });
  assert.equal(line(at('upgrading'), 'machine-ready', 'worker-1'), 'blocked by boot-finished worker-1: ready');
});

test('machine-ready: commands depend on the unmet conditions', () => {
  const hint = (condition: string) =>
    findingOf(findingsWith(unmet('cp-1', condition, 'not yet')), 'machine-ready', 'cp-1').hint;
  assert.deepEqual(hint('time')?.commands, [
    'talosctl -n 10.0.0.1 get machinestatus -o yaml',
    'talosctl -n 10.0.0.1 get timestatus',
  ]);
  assert.deepEqual(hint('something-new'), {
    text: 'Talos holds the node back until this is met.',
    commands: ['talosctl -n 10.0.0.1 get machinestatus -o yaml'],
  });
});

test('machine-ready: unmet conditions are quoted, except those of other checks', () => {
  assert.equal(
    line(findingsWith(unmet('cp-1', 'network', 'waiting on: connectivity')), 'machine-ready', 'cp-1'),
    'pending: network: waiting on: connectivity',
  );
  assert.equal(
    line(findingsWith(unmet('cp-1', 'nodeReady', 'node "cp-1" is not ready')), 'machine-ready', 'cp-1'),
    'pass: time and network are ready; what is not has its own check',
  );
  assert.equal(
    line(
      findingsWith(
        onNode('cp-1', () => ({ machineStatus: ok({ stage: 'running', ready: false, unmetConditions: [] }) })),
      ),
      'machine-ready',
      'cp-1',
    ),
    'pending: Talos says the machine is not ready, and not why',
  );
});

test('services: all problems are in one message, the worst first', () => {
  const findings = findingsWith(
    serviceIs('cp-1', 'trustd', { health: 'unknown', lastEvent: '' }),
    serviceIs('cp-1', 'kubelet', { state: 'Preparing', health: 'unknown', lastEvent: 'Running pre state' }),
    serviceIs('cp-1', 'apid', { health: 'unhealthy', healthMessage: 'context deadline exceeded' }),
    serviceIs('cp-1', 'ext-agent', {
      state: 'Failed',
      lastEvent: 'Failed to run pre stage: 1 error(s) occurred:\n\tno image',
    }),
  );
  assert.equal(
    line(findings, 'services', 'cp-1'),
    'pending: ext-agent is Failed: Failed to run pre stage: 1 error(s) occurred: no image; kubelet is Preparing: Running pre state; apid is unhealthy: context deadline exceeded; trustd is running, its health is not known yet',
  );
  assert.deepEqual(findingOf(findings, 'services', 'cp-1').hint?.commands, [
    'talosctl -n 10.0.0.1 service ext-agent',
    'talosctl -n 10.0.0.1 logs ext-agent',
  ]);
});

test('services: finished and skipped services, and those without health, pass', () => {
  const findings = findingsWith(
    serviceIs('worker-1', 'ext-once', { state: 'Finished', health: 'unknown' }),
    serviceIs('worker-1', 'udevd', { state: 'Skipped', health: 'unknown' }),
    serviceIs('worker-1', 'ext-agent', { health: 'unknown' }),
  );
  assert.equal(line(findings, 'services', 'worker-1'), 'pass: the services are running and healthy');
});

test('services: any service that runs unhealthy is pending', () => {
  const findings = findingsWith(serviceIs('worker-1', 'ext-agent', { health: 'unhealthy', healthMessage: 'no route' }));
  assert.equal(line(findings, 'services', 'worker-1'), 'pending: ext-agent is unhealthy: no route');
});

test('services: etcd is not reported, not even from the unmet condition', () => {
  const findings = findingsWith(unmet('cp-1', 'services', 'kubelet not running, etcd not healthy'));
  assert.equal(line(findings, 'services', 'cp-1'), 'pending: kubelet not running');
  assert.equal(line(findings, 'etcd-service', 'cp-1'), 'pending: etcd not healthy');
});

test('services: an unmet condition in an unknown format is quoted', () => {
  assert.equal(
    line(findingsWith(unmet('cp-1', 'services', 'something else')), 'services', 'cp-1'),
    'pending: something else',
  );
});

test('services: a missing required service is pending', () => {
  assert.equal(
    line(findingsWith(withoutService('worker-1', 'apid')), 'services', 'worker-1'),
    'pending: apid is not among the services',
  );
});

test('memory: less than the minimum of the role is pending', () => {
  const memory = (node: string, MiBs: number): string =>
    line(findingsWith(onNode(node, () => ({ memory: ok(MiBs * MiB) }))), 'memory', node);
  assert.equal(memory('cp-1', 1698), 'pass: 1698 MiB');
  assert.equal(memory('cp-1', 1697.9), 'pending: 1697 MiB of memory, a control plane needs at least 1698 MiB');
  assert.equal(memory('worker-1', 874), 'pass: 874 MiB');
  assert.equal(memory('worker-1', 512), 'pending: 512 MiB of memory, a worker needs at least 874 MiB');
});

test('disk: a volume that is too small, failed or missing is pending', () => {
  const disk = (size: number, phase: 'ready' | 'prepared' | 'failed' = 'ready', errorMessage = ''): string =>
    line(
      findingsWith(onNode('cp-1', () => ({ ephemeral: ok({ phase, errorMessage, size: size * MiB }) }))),
      'disk',
      'cp-1',
    );
  assert.equal(disk(3932), 'pass: 3932 MiB');
  assert.equal(disk(3931), 'pending: the EPHEMERAL volume has 3931 MiB, and needs at least 3932 MiB');
  assert.equal(
    disk(0, 'prepared'),
    'pending: the EPHEMERAL volume has 0 MiB (it is prepared), and needs at least 3932 MiB',
  );
  assert.equal(disk(0, 'failed', 'no disk\nmatches'), 'pending: the EPHEMERAL volume is failed: no disk matches');
});

test('memory and disk are skipped in a container', () => {
  const findings = findingsWith(
    onNode('cp-1', () => ({ version: ok({ tag: 'v1.14.0', platform: 'container', mode: 'container' }) })),
    facetFailed('cp-1', 'ephemeral', { kind: 'not-found' }),
  );
  assert.equal(line(findings, 'memory', 'cp-1'), 'skip: Talos runs in a container, which has no memory of its own');
  assert.equal(line(findings, 'disk', 'cp-1'), 'skip: Talos runs in a container, which has no disk of its own');
});

test('disk: volumes that a version of Talos exposes only to os:admin are not judged', () => {
  const refused = (facet: string): Fault =>
    facetFailed('cp-1', facet, { kind: 'not-authorized', layer: 'caller', message: 'not authorized' });
  const of = (...faults: readonly Fault[]) => line(findingsWith(...faults), 'disk', 'cp-1');
  assert.equal(
    of(refused('volumes'), refused('ephemeral')),
    'skip: this version of Talos does not expose the volumes to a reader',
  );
  assert.match(of(refused('ephemeral')), /^fail: the client certificate may not read/);
});

test('diagnostics: all are listed, with links', () => {
  const findings = findingsWith(
    onNode('cp-1', () => ({
      diagnostics: ok([
        { id: 'address-overlap', message: 'addresses overlap', details: [] },
        { id: 'kubelet-csr', message: 'CSR is not approved', details: [] },
      ]),
    })),
  );
  assert.equal(
    line(findings, 'diagnostics', 'cp-1'),
    'pending: addresses overlap (address-overlap); CSR is not approved (kubelet-csr)',
  );
  assert.deepEqual(findingOf(findings, 'diagnostics', 'cp-1').hint, {
    text: 'Talos reports 2 problems of its own, described at https://talos.dev/diagnostic/address-overlap and https://talos.dev/diagnostic/kubelet-csr.',
    commands: ['talosctl -n 10.0.0.1 get diagnostics'],
  });
});
