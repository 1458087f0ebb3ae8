import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ImageCache } from '../../src/talos/model/storage.ts';
import { findingOf, findingsWith, line } from '../builders/evaluate.ts';
import { all, type Fault, facetFailed, onEveryNode, onNode, stage } from '../builders/faults.ts';
import { arrayIs, clockIs, leftOf, networkLacks, probeFails, volumeIs } from '../builders/faults-of-equipment.ts';
import { ok } from '../builders/snapshot.ts';

const none: Fault = (snapshot) => snapshot;

const inContainer: Fault = onNode('worker-1', () => ({
  version: ok({ tag: 'v1.14.0', platform: 'container', mode: 'container' }),
}));

const unmeasured: Fault = onNode('worker-1', () => ({ time: ok({ unmeasured: 'error querying NTP server' }) }));

const syncDisabled: Fault = onNode('worker-1', () => ({ timeStatus: ok({ synced: true, syncDisabled: true }) }));

/** So many milliseconds ahead of its time server, to the millisecond. */
const ahead = (least: number): Fault =>
  onNode('worker-1', () => ({
    time: ok({ ahead: { least, most: least }, aheadOfServer: least, server: 'ntp.example.com' }),
  }));

const notExposed = (facet: string): Fault =>
  facetFailed('worker-1', facet, { kind: 'not-authorized', layer: 'caller', message: 'not authorized' });

const cache = (state: ImageCache): Fault => onNode('worker-1', () => ({ imageCache: ok([state]) }));

const smallDisk: Fault = onNode('worker-1', () => ({ ephemeral: ok({ phase: 'ready', errorMessage: '', size: 1e9 }) }));

/** What a check says of worker-1. */
const rows: readonly (readonly [title: string, check: string, fault: Fault, said: string])[] = [
  ['a clock within a second', 'clock', clockIs('worker-1', 900), 'pass: within 900ms'],
  ['a clock that is right', 'clock', clockIs('worker-1', 0), 'pass: within 1ms'],
  ['a clock behind', 'clock', clockIs('worker-1', -2000), 'warn: the clock is 2s behind its time server'],
  ['a clock far ahead', 'clock', clockIs('worker-1', 31_000), 'pending: the clock is 31s ahead of its time server'],
  ['a clock off by a second', 'clock', ahead(1000), 'pass: within 1s'],
  ['a clock off by more', 'clock', ahead(1001), 'warn: the clock is 1s ahead of its time server'],
  ['a clock off by 30 s', 'clock', ahead(30_000), 'warn: the clock is 30s ahead of its time server'],
  ['a clock off by more than that', 'clock', ahead(30_001), 'pending: the clock is 30s ahead of its time server'],
  [
    'a clock that only other nodes and this machine show as wrong',
    'clock',
    onNode('worker-1', () => ({
      time: ok({ ahead: { least: 40_000, most: 40_050 }, aheadOfServer: 0, server: 'ntp.example.com' }),
    })),
    'pending: the clock is 40s ahead of this machine, and agrees with its time server ntp.example.com',
  ],
  [
    'an answer that took a minute tells nothing certain',
    'clock',
    onNode('worker-1', () => ({
      time: ok({ ahead: { least: -30_000, most: 30_000 }, aheadOfServer: 0, server: 'ntp.example.com' }),
    })),
    'pass: within 1ms',
  ],
  [
    'a time server that does not answer',
    'clock',
    unmeasured,
    'pass: estimated error 1ms; its time server did not tell the offset: error querying NTP server',
  ],
  [
    'a clock that no time server corrects',
    'clock',
    onNode('worker-1', () => ({ clockError: ok(16_000) })),
    'warn: nothing has corrected the clock for hours: it may be 16s off',
  ],
  [
    'synchronisation switched off',
    'clock',
    all(
      syncDisabled,
      onNode('worker-1', () => ({ clockError: ok(16_000) })),
    ),
    'warn: the synchronisation of time is switched off',
  ],
  [
    'an estimated error of a second',
    'clock',
    all(
      unmeasured,
      onNode('worker-1', () => ({ clockError: ok(1000) })),
    ),
    'pass: estimated error 1s; its time server did not tell the offset: error querying NTP server',
  ],
  [
    'a container without synchronisation',
    'clock',
    all(inContainer, syncDisabled),
    'skip: Talos runs in a container, whose clock is that of the host',
  ],
  [
    'a clock that is not exposed',
    'clock',
    notExposed('time'),
    'skip: this version of Talos does not expose the time of the machine to a reader: not authorized',
  ],
  [
    'a clock of which nothing is exposed but that it is synchronised',
    'clock',
    all(unmeasured, facetFailed('worker-1', 'clockError', { kind: 'not-found', message: 'a container has none' })),
    'skip: the error of the clock is not known: a container has none; its time server did not tell the offset: error querying NTP server',
  ],
  [
    'a clock of which it could not be read whether it is synchronised',
    'clock',
    all(unmeasured, facetFailed('worker-1', 'timeStatus', { kind: 'timeout', message: 'no answer in time' })),
    'pending: whether the clock is synchronised could not be read: no answer in time',
  ],
  ['a half full /var', 'disk-usage', none, 'pass: /var is 50 % full, 9.7 GiB left'],
  ['at the limit', 'disk-usage', leftOf('worker-1', '/var', 15_000), 'pass: /var is 85 % full, 14 GiB left'],
  ['above it', 'disk-usage', leftOf('worker-1', '/var', 14_000), 'warn: /var is 86 % full, 13 GiB left'],
  ['at the second limit', 'disk-usage', leftOf('worker-1', '/var', 5000), 'warn: /var is 95 % full, 4.8 GiB left'],
  ['above that', 'disk-usage', leftOf('worker-1', '/var', 4999), 'pending: /var is 95 % full, 4.8 GiB left'],
  ['almost full', 'disk-usage', leftOf('worker-1', '/var', 900), 'pending: /var is 99 % full, 900 MiB left'],
  [
    'a full /var of a volume that is too small',
    'disk-usage',
    all(leftOf('worker-1', '/var', 900), smallDisk),
    'blocked by disk worker-1: /var is 99 % full, 900 MiB left',
  ],
  [
    'a full user volume beside a small disk',
    'disk-usage',
    all(leftOf('worker-1', '/var/mnt/data', 0), smallDisk),
    'pending: /var/mnt/data is 100 % full, 0 B left',
  ],
  [
    'a full user volume',
    'disk-usage',
    all(leftOf('worker-1', '/var', 10_000), leftOf('worker-1', '/var/mnt/data', 0)),
    'pending: /var/mnt/data is 100 % full, 0 B left; /var is 90 % full, 9.7 GiB left',
  ],
  [
    'an existing volume on a medium that is read only',
    'disk-usage',
    onNode('worker-1', ({ mounts }) => ({
      mounts: ok([
        ...(mounts.ok ? mounts.value : []),
        { path: '/var/mnt/media', source: '/dev/sr0', size: 3_000_000_000, available: 0 },
      ]),
    })),
    'pass: /var is 50 % full, 9.7 GiB left',
  ],
  [
    'a container',
    'disk-usage',
    all(inContainer, leftOf('worker-1', '/var', 0)),
    'skip: Talos runs in a container, whose disk is that of the host',
  ],
  ['no /var', 'disk-usage', onNode('worker-1', () => ({ mounts: ok([]) })), 'skip: no file system of /var is mounted'],
  [
    'a failed volume',
    'volumes',
    volumeIs('worker-1', 'u-data', 'failed', 'no disks matched'),
    'pending: the volume u-data is failed: no disks matched',
  ],
  [
    'a volume that waits on a running machine',
    'volumes',
    volumeIs('worker-1', 'u-data', 'waiting'),
    'pending: the volume u-data is waiting',
  ],
  [
    'a volume that waits on a booting machine',
    'volumes',
    all(volumeIs('worker-1', 'u-data', 'waiting'), stage('worker-1', 'booting')),
    'pass: 2 volumes',
  ],
  [
    'EPHEMERAL, which disk judges, and a medium with an image cache',
    'volumes',
    all(volumeIs('worker-1', 'EPHEMERAL', 'failed'), volumeIs('worker-1', 'IMAGECACHE-ISO', 'missing')),
    'pass: 3 volumes',
  ],
  [
    'META of a container',
    'volumes',
    all(inContainer, volumeIs('worker-1', 'META', 'waiting')),
    'skip: Talos runs in a container, whose volumes are directories of the host',
  ],
  [
    'a RAID that lacks a disk',
    'volumes',
    arrayIs('worker-1', { members: 1 }),
    'pending: the RAID data is degraded: it has 1 of 2 disks',
  ],
  [
    'a RAID with an error',
    'volumes',
    arrayIs('worker-1', { phase: 'error', error: 'create: device busy' }),
    'pending: the RAID data has failed: create: device busy',
  ],
  [
    'an inactive RAID',
    'volumes',
    arrayIs('worker-1', { arrayState: 'inactive' }),
    'pending: the RAID data is inactive',
  ],
  [
    'a RAID that waits',
    'volumes',
    arrayIs('worker-1', { phase: 'waiting', members: 1, raidDevices: 0, error: 'matched 1, required 2' }),
    'pending: the RAID data waits for its disks: matched 1, required 2',
  ],
  [
    'a RAID being rebuilt',
    'volumes',
    arrayIs('worker-1', { phase: 'rebuilding', members: 1, syncAction: 'recover' }),
    'warn: the RAID data is being rebuilt',
  ],
  [
    'a RAID to which Talos adds a disk when it is rebuilt',
    'volumes',
    arrayIs('worker-1', { phase: 'rebuilding', syncAction: 'recover', error: 'waiting for MD array sync to finish' }),
    'warn: the RAID data is being rebuilt',
  ],
  [
    'the regular check of a RAID that lacks a disk',
    'volumes',
    arrayIs('worker-1', { phase: 'rebuilding', syncAction: 'check', members: 1 }),
    'pending: the RAID data is degraded: it has 1 of 2 disks',
  ],
  [
    'the regular check of a RAID',
    'volumes',
    arrayIs('worker-1', { phase: 'rebuilding', syncAction: 'check' }),
    'pass: 1 volume',
  ],
  [
    'a repair of a RAID, which reads it as its check does',
    'volumes',
    arrayIs('worker-1', { phase: 'rebuilding', syncAction: 'repair' }),
    'pass: 1 volume',
  ],
  [
    'an older Talos',
    'volumes',
    facetFailed('worker-1', 'storage', { kind: 'unsupported-type', message: 'not supported' }),
    'pass: 1 volume',
  ],
  [
    'a network without address and host name',
    'network',
    networkLacks('worker-1', 'addressReady', 'hostnameReady'),
    'pending: it has no address; it has no host name',
  ],
  [
    'interfaces without a bond',
    'network',
    onNode('worker-1', () => ({ links: ok([{ name: 'eth1', isDown: true }]) })),
    'pass: addresses, connectivity and host name',
  ],
  [
    'no connectivity because of a probe',
    'network',
    all(networkLacks('worker-1', 'connectivityReady'), probeFails('worker-1')),
    'blocked by probes worker-1: it has no connectivity: no default route, or a probe fails',
  ],
  [
    'a failing probe',
    'probes',
    probeFails('worker-1'),
    'pending: the probe tcp:proxy.example.com:3128 fails: connection refused',
  ],
  ['no probes', 'probes', onNode('worker-1', () => ({ probes: ok([]) })), 'pass: none fails'],
  [
    'an image cache being prepared',
    'image-cache',
    cache({ status: 'preparing', copy: 'skipped' }),
    'warn: the image cache is preparing',
  ],
  [
    'an image cache that is filled',
    'image-cache',
    cache({ status: 'ready', copy: 'copying' }),
    'warn: images are still being copied to the image cache',
  ],
  [
    'an image cache that is off',
    'image-cache',
    cache({ status: 'disabled', copy: 'skipped' }),
    'skip: no image cache is configured',
  ],
  [
    'an image cache whose volume has failed, which Talos calls switched off',
    'image-cache',
    all(
      cache({ status: 'disabled', copy: 'skipped' }),
      volumeIs('worker-1', 'IMAGECACHE-ISO', 'missing'),
      volumeIs('worker-1', 'IMAGECACHE', 'failed', '1 have not enough space'),
    ),
    'warn: the volume IMAGECACHE of the image cache has failed: 1 have not enough space',
  ],
  [
    'a machine that has no medium with an image cache',
    'image-cache',
    all(cache({ status: 'disabled', copy: 'skipped' }), volumeIs('worker-1', 'IMAGECACHE-ISO', 'missing')),
    'skip: the machine has no medium with an image cache',
  ],
  [
    'an image cache that gives no answer',
    'image-cache',
    facetFailed('worker-1', 'imageCache'),
    'warn: the image cache could not be read: deadline exceeded',
  ],
  [
    'a SideroLink that is down',
    'siderolink',
    onNode('worker-1', () => ({ siderolink: ok([{ host: 'omni.example.com', connected: false }]) })),
    'warn: it is not connected to omni.example.com',
  ],
  ['a SideroLink that is up', 'siderolink', none, 'pass: connected to omni.example.com'],
  [
    'no SideroLink',
    'siderolink',
    onNode('worker-1', () => ({ siderolink: ok([]) })),
    'skip: no SideroLink API is configured',
  ],
  [
    'a SideroLink that is not exposed',
    'siderolink',
    notExposed('siderolink'),
    'skip: the state of SideroLink could not be read: not authorized',
  ],
];

for (const [title, check, fault, said] of rows) {
  test(`${check}: ${title}`, () => {
    assert.equal(line(findingsWith(fault), check, 'worker-1'), said);
  });
}

test('machine-ready: what the network lacks is the finding of network', () => {
  const findings = findingsWith(
    stage('cp-1', 'running', { name: 'network', reason: 'waiting on: connectivity' }),
    networkLacks('cp-1', 'connectivityReady'),
  );
  assert.equal(line(findings, 'machine-ready', 'cp-1'), 'blocked by network cp-1: network: waiting on: connectivity');
});

test('law: a clock is judged by what is certain, whatever the delay', () => {
  fc.assert(
    fc.property(fc.integer({ min: -100_000, max: 100_000 }), fc.nat(200_000), fc.nat(200_000), (offset, to, fro) => {
      const time = { ahead: { least: offset - to, most: offset + fro }, aheadOfServer: 0, server: 'ntp' };
      const fault = onEveryNode(() => ({ time: ok(time) }));
      const { status } = findingOf(findingsWith(fault), 'clock', 'cp-1');
      const certain = Math.max(0, offset - to, -offset - fro);
      assert.equal(status, certain > 30_000 ? 'pending' : certain > 1000 ? 'warn' : 'pass');
    }),
    { numRuns: 50 },
  );
});

test('law: the fullest volume decides, and never by a byte less than its limit', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100_000), (one, other) => {
      const findings = findingsWith(leftOf('cp-1', '/var', one), leftOf('cp-1', '/var/mnt/data', other));
      const left = Math.min(one, other) / 1000;
      const { status, message } = findingOf(findings, 'disk-usage', 'cp-1');
      assert.equal(status, left < 5 ? 'pending' : left < 15 ? 'warn' : 'pass', message);
    }),
    { numRuns: 50 },
  );
});
