import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deniedTitle, hear, lacking, silence, stuck } from '../../src/server-mode/progress.ts';
import { talosctlChecks } from '../../src/server-mode/talosctl-checks.ts';
import { failingAt, healthy, heard, streams } from './streams.ts';

describe('every recorded stream', () => {
  for (const { situation, lines, code } of streams) {
    test(situation, () => {
      const progress = heard(lines);
      assert.equal(progress.strange, undefined);
      assert.equal(progress.lastLine, lines.at(-1));
      assert.equal(lacking(progress).length === 0, code === 'OK');
      const last = /^waiting for (.*?): /.exec(lines.at(-1) ?? '')?.[1];
      assert.equal(stuck(progress), code === 'OK' ? undefined : last);
      const denied = (role: string) => deniedTitle(progress, { roles: [role] }) !== undefined;
      assert.equal(denied('os:reader'), situation.startsWith('caller without os:admin'));
      assert.equal(denied('os:admin'), false);
    });
  }
});

test('a refusal in the middle is of an apid that has just started, whatever the role', () => {
  const refusal = 'rpc error: code = PermissionDenied desc = not authorized';
  for (const title of ['etcd members to be consistent across nodes', 'kubelet to be healthy', 'no diagnostics']) {
    const progress = heard(failingAt(title, refusal));
    assert.equal(deniedTitle(progress, { roles: ['os:reader'] }), undefined, title);
  }
});

test('a healthy stream: its nodes, and every check in its order', () => {
  const { nodes, steps } = heard(healthy);
  assert.deepEqual(nodes, ['127.77.0.1', '127.77.0.2', '127.77.0.3', '127.77.0.4', '127.77.0.5']);
  assert.deepEqual(
    [...steps],
    talosctlChecks.map(({ title }) => [title, { state: 'passed' }]),
  );
});

test('skipped checks are done, and said to be skipped', () => {
  const { steps } = heard(streams.find(({ situation }) => situation === 'cni-none')?.lines ?? []);
  assert.deepEqual(
    [...steps].filter(([, { state }]) => state === 'skipped').map(([title]) => title),
    ['all k8s nodes to report ready', 'coredns to report ready'],
  );
});

test('an end without any check, or without one of them, is not complete', () => {
  assert.equal(lacking(silence).length, talosctlChecks.length - 1);
  for (const { title, since } of talosctlChecks) {
    const without = heard(healthy.filter((line) => !line.startsWith(`waiting for ${title}: `)));
    assert.deepEqual(lacking(without), since === undefined ? [title] : [], title);
  }
});

test('a check that was begun, and of which nothing more was heard, is open', () => {
  for (const { title } of talosctlChecks) {
    const cut = heard(healthy.filter((line) => line !== `waiting for ${title}: OK`));
    assert.deepEqual(lacking(cut), [title]);
    assert.equal(stuck(cut), title);
  }
});

test('only OK by itself is OK: what a node says at the end of an error is not', () => {
  for (const text of [
    'active diagnostics: 10.0.0.1: all is OK',
    'x\nwaiting for no diagnostics: OK',
    'ok',
    'OK.',
    'NOT OK',
  ]) {
    assert.equal(stuck(heard(failingAt('no diagnostics', text))), 'no diagnostics', text);
  }
});

test('an attempt that was cut short by the end of the time does not hide why the one before failed', () => {
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

test('a check that passes after all has passed', () => {
  const healed = heard([...failingAt('apid to be ready', 'no'), 'waiting for apid to be ready: OK']);
  assert.deepEqual(healed.steps.get('apid to be ready'), { state: 'passed' });
});

test('what is no line of progress means nothing, and the first of it is kept', () => {
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
  const { steps, strange, nodes, lastLine } = heard(['discovered nodes', ...garbage]);
  assert.equal(steps.size, 0);
  assert.equal(nodes, undefined);
  assert.equal(strange, 'discovered nodes');
  assert.equal(lastLine, '\ufffd\ufffd');
});

test('nodes are told once: a later line that looks like it is none', () => {
  const twice = heard(['discovered nodes: ["10.0.0.1" "fd00:0:0::1"]', 'discovered nodes: ["10.0.0.9"]']);
  assert.deepEqual(twice.nodes, ['10.0.0.1', 'fd00::1']);
  assert.deepEqual(heard(['discovered nodes: []']).nodes, []);
});

test('a stream without end fills no memory', () => {
  let progress = silence;
  for (let index = 0; index < 10_000; index += 1) {
    progress = hear(progress, `waiting for ${index}: ...`);
  }
  assert.equal(progress.steps.size, 64);
  assert.equal(progress.lastLine, 'waiting for 9999: ...');
});
