import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../../src/checks/check.ts';
import type { Finding } from '../../src/gate/finding.ts';
import { type History, record, since, troubledSince } from '../../src/gate/history.ts';

function finding(status: Status, message: string = status, node = 'cp-1'): Finding {
  return { check: 'services', stage: 'readiness', node, status, message };
}

/** The history of rounds with these findings, one per second. */
function after(...rounds: readonly (readonly Finding[])[]): History {
  const history = rounds.reduce<History | undefined>(
    (before, findings, index) => record(before, index * 1000, findings),
    undefined,
  );
  assert(history);
  return history;
}

test('the first round adds no changes, and statuses count from it', () => {
  const history = after([finding('pending')], [finding('pending')]);
  assert.equal(since(history, finding('pending')), 0);
  assert.deepEqual(history.changes, []);
  assert.equal(history.at, 1000);
});

test('a changed status is a change, with the message of its round', () => {
  const history = after([finding('blocked')], [finding('pending', 'kubelet is Waiting')], [finding('pass')]);
  assert.deepEqual(history.changes, [
    { at: 1000, check: 'services', node: 'cp-1', from: 'blocked', to: 'pending', message: 'kubelet is Waiting' },
    { at: 2000, check: 'services', node: 'cp-1', from: 'pending', to: 'pass', message: 'pass' },
  ]);
  assert.equal(since(history, finding('pass')), 2000);
});

test('a changed message is not a change', () => {
  const history = after(...Array.from({ length: 1000 }, (_, round) => [finding('pending', `${round} restarts`)]));
  assert.deepEqual(history.changes, []);
  assert.equal(since(history, finding('pending', '999 restarts')), 0);
});

test('a new finding is a change without a previous status, and a removed one is forgotten', () => {
  const history = after([finding('pass')], [finding('pass'), finding('pending', 'new', 'cp-2')], [finding('pass')]);
  assert.deepEqual(history.changes, [{ at: 1000, check: 'services', node: 'cp-2', to: 'pending', message: 'new' }]);
  const again = record(history, 3000, [finding('pass'), finding('pending', 'again', 'cp-2')]);
  assert.equal(since(again, finding('pending', 'again', 'cp-2')), 3000);
});

test('a finding that flaps keeps only its last changes, and others keep all', () => {
  const flapping = Array.from({ length: 101 }, (_, round) => [
    finding(round % 2 === 0 ? 'pass' : 'pending'),
    finding(round < 3 ? 'pending' : 'pass', 'steady', 'cp-2'),
  ]);
  const { changes, dropped } = after(...flapping);
  assert.equal(changes.filter(({ node }) => node === 'cp-1').length, 10);
  assert.equal(changes.filter(({ node }) => node === 'cp-2').length, 1);
  assert.equal(changes.at(-1)?.at, 100_000);
  assert.equal(dropped, 90);
});

test('if there are too many changes, the last ones are kept', () => {
  const nodes = Array.from({ length: 3000 }, (_, index) => `worker-${index}`);
  const round = (status: Status) => nodes.map((node) => finding(status, status, node));
  const { changes, dropped } = after(round('blocked'), round('pending'), round('pass'));
  assert.equal(changes.length, 5000);
  assert.equal(dropped, 1000);
  assert.equal(changes.at(-1)?.to, 'pass');
});

test('a stage is unsettled from its first fault until it is healthy for good', () => {
  const unsettled = (...statuses: readonly Status[]) =>
    after(...statuses.map((status) => [finding(status)])).unsettled.get('readiness');
  assert.equal(unsettled('pass', 'skip', 'warn'), undefined);
  assert.deepEqual(unsettled('pending', 'pending'), { from: 0 });
  assert.deepEqual(unsettled('blocked', 'pass', 'pass'), { from: 0, until: 1000 });
  assert.deepEqual(unsettled('pass', 'pending', 'pass', 'pending'), { from: 1000 });
  assert.deepEqual(unsettled('pass', 'pending', 'pass', 'pending', 'pass'), { from: 1000, until: 4000 });
});

/**
 * Findings, by default of cp-1: `services pending`, `node-ready blocked by services`, `etcd-quorum pending of cluster`.
 */
function round(...lines: readonly string[]): readonly Finding[] {
  return lines.map((line) => {
    const [, check = '', status = '', blocker, node = 'cp-1'] =
      /^(\S+) (\S+)(?: by (\S+))?(?: of (\S+))?$/.exec(line) ?? [];
    const on = node === 'cluster' ? {} : { node };
    return {
      check,
      stage: 'readiness',
      ...on,
      status: status as Status,
      message: status,
      ...(blocker !== undefined && { blockedBy: { check: blocker, ...on } }),
    };
  });
}

/** When the trouble of the findings of the last round began, in seconds. */
function began(...rounds: readonly (readonly Finding[])[]): readonly number[] {
  const history = after(...rounds);
  return (rounds.at(-1) ?? [])
    .filter(({ status }) => !['pass', 'skip', 'warn'].includes(status))
    .map((one) => troubledSince(history, one) / 1000);
}

test('a trouble lasts from the first round with a fault, whatever its message and status', () => {
  assert.deepEqual(began(round('services pass'), round('services pending'), round('services fail')), [1]);
  assert.deepEqual(began(round('services pending'), round('services pass'), round('services pending')), [2]);
  assert.deepEqual(began(round('services pending'), round('services warn'), round('services pending')), [2]);
});

test('the trouble of a finding that was blocked and now fails began with the one that blocked it', () => {
  const dead = round('api-reachable pending', 'services blocked by api-reachable');
  const answers = round('api-reachable pass', 'services pending');
  assert.deepEqual(began(round('api-reachable pass', 'services pass'), dead, dead, answers), [1]);
});

test('the trouble of a symptom that replaces another one in the same round began with that one', () => {
  const kubelet = round('services pending', 'node-ready pass');
  const notReady = round('services pass', 'node-ready pending');
  assert.deepEqual(began(kubelet, kubelet, notReady, notReady), [0]);
  assert.deepEqual(began(kubelet, round('services pass', 'node-ready pass'), notReady), [2]);
});

test('the trouble of a symptom that blocks another one began with that one, as for all others that it blocks', () => {
  const booting = round('api-reachable pass', 'boot-finished pending', 'disk pass');
  const gone = round(
    'api-reachable pending',
    'boot-finished blocked by api-reachable',
    'disk blocked by api-reachable',
  );
  assert.deepEqual(began(booting, gone), [0, 0, 0]);
  assert.deepEqual(began(booting, gone, round('api-reachable pass', 'boot-finished pass', 'disk pending')), [0]);
});

test('a second trouble of a node has its own start, even if the first one ends', () => {
  const one = round('etcd-service pending', 'node-schedulable pass');
  const both = round('etcd-service pending', 'node-schedulable pending');
  assert.deepEqual(began(one, both), [0, 1]);
  assert.deepEqual(began(one, both, both, round('etcd-service pass', 'node-schedulable pending')), [1]);
});

test('a trouble of one node does not continue on another', () => {
  const first = round('services pending', 'services pass of cp-2');
  assert.deepEqual(began(first, round('services pass', 'services pending of cp-2')), [1]);
});

test('a trouble of the cluster continues on nodes that were not known before', () => {
  const unknown = round('topology pending of cluster', 'api-reachable blocked by topology of cluster');
  assert.deepEqual(began(unknown, unknown, round('topology pass of cluster', 'api-reachable pending')), [0]);
  const known = round('topology pending of cluster', 'api-reachable pass');
  assert.deepEqual(began(known, known, round('topology pass of cluster', 'api-reachable pending')), [2]);
});
