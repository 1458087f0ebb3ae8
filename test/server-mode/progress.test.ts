import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addLine, currentCheck, deniedTitle, missingChecks, noProgress } from '../../src/server-mode/progress.ts';
import { talosctlChecks } from '../../src/server-mode/talosctl-checks.ts';
import { failingAt, healthy, heard, streams } from './streams.ts';

describe('every recorded stream', () => {
  for (const { situation, lines, code } of streams) {
    test(situation, () => {
      const progress = heard(lines);
      assert.equal(progress.unexpected, undefined);
      assert.equal(progress.lastLine, lines.at(-1));
      assert.equal(missingChecks(progress).length === 0, code === 'OK');
      const last = /^waiting for (.*?): /.exec(lines.at(-1) ?? '')?.[1];
      assert.equal(currentCheck(progress), code === 'OK' ? undefined : last);
      const denied = (role: string) => deniedTitle(progress, { roles: [role] }) !== undefined;
      assert.equal(denied('os:reader'), situation.startsWith('caller without os:admin'));
      assert.equal(denied('os:admin'), false);
    });
  }
});

test('PermissionDenied in a later check is not due to the role, since apid has just started', () => {
  const refusal = 'rpc error: code = PermissionDenied desc = not authorized';
  for (const title of ['etcd members to be consistent across nodes', 'kubelet to be healthy', 'no diagnostics']) {
    const progress = heard(failingAt(title, refusal));
    assert.equal(deniedTitle(progress, { roles: ['os:reader'] }), undefined, title);
  }
});

test('a healthy stream has its nodes and all checks in order', () => {
  const { nodes, steps } = heard(healthy);
  assert.deepEqual(nodes, ['127.77.0.1', '127.77.0.2', '127.77.0.3', '127.77.0.4', '127.77.0.5']);
  assert.deepEqual(
    [...steps],
    talosctlChecks.map(({ title }) => [title, { state: 'passed' }]),
  );
});

test('skipped checks are not open and keep their state', () => {
  const { steps } = heard(streams.find(({ situation }) => situation === 'cni-none')?.lines ?? []);
  assert.deepEqual(
    [...steps].filter(([, { state }]) => state === 'skipped').map(([title]) => title),
    ['all k8s nodes to report ready', 'coredns to report ready'],
  );
});

test('a stream without a required check is incomplete', () => {
  assert.equal(missingChecks(noProgress).length, talosctlChecks.length - 1);
  for (const { title, since } of talosctlChecks) {
    const without = heard(healthy.filter((line) => !line.startsWith(`waiting for ${title}: `)));
    assert.deepEqual(missingChecks(without), since === undefined ? [title] : [], title);
  }
});

test('a started check without a result is open', () => {
  for (const { title } of talosctlChecks) {
    const cut = heard(healthy.filter((line) => line !== `waiting for ${title}: OK`));
    assert.deepEqual(missingChecks(cut), [title]);
    assert.equal(currentCheck(cut), title);
  }
});

test('a check passes only with the text OK, not with an error that ends with it', () => {
  for (const text of [
    'active diagnostics: 10.0.0.1: all is OK',
    'x\nwaiting for no diagnostics: OK',
    'ok',
    'OK.',
    'NOT OK',
  ]) {
    assert.equal(currentCheck(heard(failingAt('no diagnostics', text))), 'no diagnostics', text);
  }
});

test('a bare timeout does not replace the error of the attempt before', () => {
  const why = '10.0.0.2: service is not healthy: kubelet';
  for (const end of [
    'context deadline exceeded',
    'rpc error: code = DeadlineExceeded desc = context deadline exceeded',
    'failed',
  ]) {
    const { steps } = heard([...failingAt('kubelet to be healthy', why), `waiting for kubelet to be healthy: ${end}`]);
    assert.deepEqual(steps.get('kubelet to be healthy'), { state: 'failing', text: why });
  }
  const alone = heard(failingAt('kubelet to be healthy', 'context deadline exceeded'));
  assert.deepEqual(alone.steps.get('kubelet to be healthy'), { state: 'failing', text: 'context deadline exceeded' });
});

test('a check that passes after an error has passed', () => {
  const healed = heard([...failingAt('apid to be ready', 'no'), 'waiting for apid to be ready: OK']);
  assert.deepEqual(healed.steps.get('apid to be ready'), { state: 'passed' });
});

test('lines that cannot be parsed change nothing, and the first is kept', () => {
  const garbage = [
    '',
    'etcd to be healthy: OK',
    'waiting for',
    'waiting for etcd to be healthy',
    'waiting for : OK',
    '::error::x',
    '\u001b[31mwaiting for etcd to be healthy: OK',
    '\ufffd\ufffd',
  ];
  const { steps, unexpected, nodes, lastLine } = heard(['discovered nodes', ...garbage]);
  assert.equal(steps.size, 0);
  assert.equal(nodes, undefined);
  assert.equal(unexpected, 'discovered nodes');
  assert.equal(lastLine, '\ufffd\ufffd');
});

test('only the first list of nodes counts', () => {
  const twice = heard(['discovered nodes: ["10.0.0.1" "fd00:0:0::1"]', 'discovered nodes: ["10.0.0.9"]']);
  assert.deepEqual(twice.nodes, ['10.0.0.1', 'fd00::1']);
  assert.deepEqual(heard(['discovered nodes: []']).nodes, []);
});

test('an endless stream uses limited memory', () => {
  let progress = noProgress;
  for (let index = 0; index < 10_000; index += 1) {
    progress = addLine(progress, `waiting for ${index}: ...`);
  }
  assert.equal(progress.steps.size, 64);
  assert.equal(progress.lastLine, 'waiting for 9999: ...');
});
