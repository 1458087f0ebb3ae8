import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeLists } from '../../../src/observe/members/lists.ts';
import type { Member } from '../../../src/talos/model/machine.ts';

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

test('a member of any list is in the cluster', () => {
  const { records } = mergeLists([list('cp-1', one), list('cp-2', one, two, worker)]);
  assert.deepEqual(
    records.map(({ name }) => name),
    ['cp-1', 'cp-2', 'worker-1'],
  );
});

test('lists that agree have no notes', () => {
  assert.deepEqual(mergeLists([list('cp-1', one, two), list('cp-2', two, one)]).notes, []);
});

test('a note names the list that lacks a member, and the lists that have it', () => {
  const { notes } = mergeLists([
    list('cp-1', one, two),
    list('cp-2', one, two, worker),
    list('cp-3', one, two, worker),
  ]);
  assert.deepEqual(notes, ['discovery on cp-1 lacks worker-1, unlike on cp-2, cp-3']);
});

test('a note names a list that contains only its own machine', () => {
  const { notes } = mergeLists([list('cp-1', one), list('cp-2', one, two, three)]);
  assert.deepEqual(notes, ['discovery on cp-1 knows only cp-1, unlike on cp-2']);
});

test('a machine has the names and addresses of all lists', () => {
  const other = member('cp-1', { hostname: 'cp-1.example.com', addresses: ['10.0.0.100', 'FD00::1'] });
  const [record] = mergeLists([list('cp-1', one), list('cp-2', other)]).records;
  assert.deepEqual(record?.names, ['cp-1', 'cp-1.example.com']);
  assert.deepEqual(record?.addresses, ['10.0.0.4', '10.0.0.100', 'fd00::1']);
});

test('machines that share a name or an address are told apart by node id', () => {
  const { records } = mergeLists([list('cp-1', one, member('cp-1', { nodeId: 'another' }))]);
  assert.deepEqual(
    records.map(({ nodeId }) => nodeId),
    ['id of cp-1', 'another'],
  );
});

test('without node ids, members are matched by name, and a member without any attribute is ignored', () => {
  const nameless = { nodeId: '', hostname: '', nodename: '', addresses: [] };
  const { records } = mergeLists([
    list('cp-1', member('cp-1', { nodeId: '' }), member('x', nameless)),
    list('cp-2', member('cp-1', { nodeId: '' })),
  ]);
  assert.deepEqual(
    records.map(({ name }) => name),
    ['cp-1'],
  );
});
