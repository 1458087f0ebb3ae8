import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { EtcdStatusResponseSchema } from '../../src/gen/machine/machine_pb.ts';
import { impliedQuota } from '../../src/observe/facets/etcd.ts';
import { etcdStatusOf } from '../../src/talos/etcd-status.ts';
import type { EtcdStatus } from '../../src/talos/model/etcd.ts';
import type { EtcdQuota } from '../../src/talos/resources/etcd.ts';
import { findingLine } from '../builders/evaluate.ts';
import { etcdHung, etcdIs, type Fault, facetFailed, onEveryNode, onNode, withFaults } from '../builders/faults.ts';
import { failed, healthySnapshot, now, ok } from '../builders/snapshot.ts';
import { answerBytes, recorded } from '../fixtures/recorded.ts';

const MiB = 1024 ** 2;

const of = (check: string, node: string | undefined, ...faults: readonly Fault[]): string =>
  findingLine(withFaults(healthySnapshot(), ...faults), check, node);

const database = (size: number, inUse: number): Fault =>
  etcdIs('cp-2', { database: { size: size * MiB, inUse: inUse * MiB } });
const quota = (mebibytes: number): Fault =>
  onNode('cp-2', () => ({ etcdQuota: ok({ bytes: mebibytes * MiB, isSet: true }) }));

for (const [name, faults, expected] of [
  ['a small database', [database(4, 2)], /^pass: 4 MiB, 2 MiB of it in use$/],
  ['a small database that is mostly free', [database(99, 5)], /^pass: /],
  ['one at 80 %', [database(1638, 1600)], /^pass: 1.5 GiB/],
  ['one over 80 %', [database(1700, 1600)], /^warn: its database has 1.6 GiB, 83 % of its quota of 2 GiB, etcd's/],
  ['one over 95 %', [database(1960, 1900)], /^pending: its database has 1.9 GiB, 95 % of its quota/],
  ['one at exactly 80 %', [database(800, 700), quota(1000)], /^pass: /],
  ['one a mebibyte above', [database(801, 700), quota(1000)], /^warn: /],
  ['one at exactly 95 %', [database(950, 700), quota(1000)], /^warn: /],
  ['one a mebibyte above that', [database(951, 700), quota(1000)], /^pending: /],
  ['one whose quota is larger', [database(1960, 1900), quota(8192)], /^pass: /],
  ['one whose quota is switched off', [database(9000, 8000), quota(Number.POSITIVE_INFINITY)], /^pass: /],
  ['one whose quota is smaller', [database(500, 400), quota(512)], /^pending: .*97 % of its quota of 512 MiB; when/],
  [
    'one whose quota cannot be read',
    [database(1700, 1600), facetFailed('cp-2', 'etcdQuota', { kind: 'not-authorized' })],
    /^warn: .* the configured one could not be read; when/,
  ],
  ['one half of which is in use', [database(400, 200)], /^pass: /],
  [
    'one less than half of which is in use',
    [database(400, 199)],
    /^warn: only 199 MiB of the 400 MiB of its database are in use \(49 %\): it is fragmented$/,
  ],
  [
    'one that is full and fragmented',
    [database(2000, 300)],
    /^pending: its database has .*; only 300 MiB of the 1.9 GiB/,
  ],
  ['etcd that tells no size', [onNode('cp-2', () => ({ etcdStatus: ok(bare) }))], /^skip: /],
  ['etcd that does not answer', [etcdHung('cp-2')], /^blocked by etcd-leader cp-2: /],
] as const satisfies readonly (readonly [string, readonly Fault[], RegExp])[]) {
  test(`etcd-size: ${name}`, () => assert.match(of('etcd-size', 'cp-2', ...faults), expected));
}

test('etcd-size: a full database that has raised its alarm is a consequence of the alarm', () => {
  const alarm = onEveryNode(() => ({ etcdAlarms: ok([{ memberId: 'e2', alarm: 'NOSPACE' }]) }));
  assert.match(of('etcd-size', 'cp-2', database(2048, 2000), alarm), /^blocked by etcd-alarms: /);
});

/** A member that is this far behind, and answers so many milliseconds after the others. */
function behind(entries: number, milliseconds = 0): Fault {
  return onNode('cp-3', ({ etcdStatus }) => ({
    etcdStatus: etcdStatus.ok
      ? {
          ...etcdStatus,
          at: now + milliseconds,
          value: { ...etcdStatus.value, raft: { index: 200_000 - entries, applied: 200_000 - entries } },
        }
      : etcdStatus,
  }));
}

for (const [name, fault, expected] of [
  ['a few entries behind', behind(1000), /^pass: /],
  ['behind as the time between the answers explains', behind(2900, 2000), /^pass: /],
  ['behind by more', behind(3100, 2000), /^pending: it is 3100 entries of the raft log behind, and has to catch up$/],
  [
    'slow to apply entries',
    etcdIs('cp-3', { raft: { index: 200_000, applied: 190_000 } }),
    /^pending: it is 10000 entries/,
  ],
] as const) {
  test(`etcd-size: a member that is ${name}`, () => assert.match(of('etcd-size', 'cp-3', fault), expected));
}

test('etcd-size: the others are not behind one that is', () => {
  assert.match(of('etcd-size', 'cp-1', behind(50_000)), /^pass: /);
});

test('the quota is asked for only if the database is not small', () => {
  const status = (size: number): EtcdStatus => ({ ...bare, database: { size, inUse: size } });
  assert.deepEqual(impliedQuota(ok(status(MiB))), ok<EtcdQuota>({ bytes: 2048 * MiB, isSet: false }));
  assert.deepEqual(impliedQuota(ok(bare)), ok<EtcdQuota>({ bytes: 2048 * MiB, isSet: false }));
  assert.equal(impliedQuota(ok(status(100 * MiB))), undefined);
  assert.equal(impliedQuota(failed())?.ok, false);
});

for (const [name, faults, expected] of [
  ['one version', [], /^pass: etcd 3.6.5 on cp-1, cp-2, cp-3$/],
  ['patches differ', [etcdIs('cp-1', { version: '3.6.9' })], /^pass: /],
  [
    'minor versions differ',
    [etcdIs('cp-1', { version: '3.5.21', storageVersion: '3.5.0' })],
    /^warn: the members run different versions of etcd: 3.5.21 on cp-1; 3.6.5 on cp-2, cp-3$/,
  ],
  [
    'a database of an older version',
    [etcdIs('cp-3', { storageVersion: '3.5.0' })],
    /^warn: the database is still of an older version than etcd: storage 3.5.0 with etcd 3.6.5 on cp-3$/,
  ],
  ['no storage version, as before Talos 1.11', [etcdIs('cp-3', { storageVersion: '' })], /^pass: /],
  ['no etcd answers', ['cp-1', 'cp-2', 'cp-3'].map((name) => etcdHung(name)), /^skip: no etcd tells its version$/],
] as const satisfies readonly (readonly [string, readonly Fault[], RegExp])[]) {
  test(`etcd-versions: ${name}`, () => assert.match(of('etcd-versions', undefined, ...faults), expected));
}

const bare: EtcdStatus = { memberId: 'e2', leader: 'e1', errors: [], isLearner: false };

for (const file of ['healthy', 'more-1.9.6', 'more-1.13.9', 'more-1.14']) {
  test(`etcd-size and etcd-versions say nothing of the recorded etcd of ${file}`, () => {
    const statuses = recorded(file)
      .filter(({ method, code }) => method.endsWith('/EtcdStatus') && code === 'OK')
      .flatMap(answerBytes)
      .flatMap((bytes) => fromBinary(EtcdStatusResponseSchema, bytes).messages)
      .flatMap(({ memberStatus }) => (memberStatus === undefined ? [] : [etcdStatusOf(memberStatus)]));
    assert.ok(statuses.length > 0);
    for (const { database, raft, version, storageVersion = '' } of statuses) {
      assert.ok(database !== undefined && raft !== undefined && version !== undefined, JSON.stringify(statuses));
      const faults = ['cp-1', 'cp-2', 'cp-3'].map((node) => etcdIs(node, { database, raft, version, storageVersion }));
      assert.match(of('etcd-size', 'cp-1', ...faults), /^pass: /);
      assert.match(of('etcd-versions', undefined, ...faults), /^pass: /);
    }
  });
}
