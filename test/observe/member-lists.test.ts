import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unite } from '../../src/observe/member-lists.ts';
import type { Member } from '../../src/talos/model.ts';

function member(name: string, overrides: Partial<Member> = {}): Member {
  return {
    nodeId: `id of ${name}`,
    nodename: name,
    hostname: name,
    addresses: [`10.0.0.${name.length}`],
    role: name.startsWith('cp') ? 'controlplane' : 'worker',
    operatingSystem: 'Talos (v1.14.0)',
    apiServerPort: 6443,
    ...overrides,
  };
}

const list = (from: string, ...members: readonly Member[]) => ({
  from,
  nodeId: members.find(({ nodename }) => nodename === from)?.nodeId,
  members,
  at: 0,
});

const [one, two, three, worker] = ['cp-1', 'cp-2', 'cp-3', 'worker-1'].map((name) => member(name)) as [
  Member,
  Member,
  Member,
  Member,
];

test('everybody whom any list names is in the cluster', () => {
  const { records } = unite([list('cp-1', one), list('cp-2', one, two, worker)]);
  assert.deepEqual(
    records.map(({ name }) => name),
    ['cp-1', 'cp-2', 'worker-1'],
  );
});

test('lists that agree have nothing to be said of', () => {
  assert.deepEqual(unite([list('cp-1', one, two), list('cp-2', two, one)]).notes, []);
});

test('a list that lacks somebody is named with those that do not', () => {
  const { notes } = unite([list('cp-1', one, two), list('cp-2', one, two, worker), list('cp-3', one, two, worker)]);
  assert.deepEqual(notes, ['discovery on cp-1 lacks worker-1, unlike on cp-2, cp-3']);
});

test('a list of only its own machine is said to be one', () => {
  const { notes } = unite([list('cp-1', one), list('cp-2', one, two, three)]);
  assert.deepEqual(notes, ['discovery on cp-1 knows only cp-1, unlike on cp-2']);
});

test('one machine has all the names and addresses that any list gives it', () => {
  const other = member('cp-1', { hostname: 'cp-1.example.com', addresses: ['10.0.0.100', 'FD00::1'] });
  const [record] = unite([list('cp-1', one), list('cp-2', other)]).records;
  assert.deepEqual(record?.names, ['cp-1', 'cp-1.example.com']);
  assert.deepEqual(record?.addresses, ['10.0.0.4', '10.0.0.100', 'fd00::1']);
});

test('machines that share a name or an address are told apart by their ids', () => {
  const { records } = unite([list('cp-1', one, member('cp-1', { nodeId: 'another' }))]);
  assert.deepEqual(
    records.map(({ nodeId }) => nodeId),
    ['id of cp-1', 'another'],
  );
});

test('without ids names have to do, and a member without anything is nobody', () => {
  const nameless = { nodeId: '', hostname: '', nodename: '', addresses: [] };
  const { records } = unite([
    list('cp-1', member('cp-1', { nodeId: '' }), member('x', nameless)),
    list('cp-2', member('cp-1', { nodeId: '' })),
  ]);
  assert.deepEqual(
    records.map(({ name }) => name),
    ['cp-1'],
  );
});
