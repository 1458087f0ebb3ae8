import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { create, fromBinary } from '@bufbuild/protobuf';
import {
  GetResponseSchema,
  ListResponseSchema,
  type Resource,
  ResourceSchema,
} from '../../src/gen/cosi/resource/resource_pb.ts';
import { MountsResponseSchema } from '../../src/gen/machine/machine_pb.ts';
import type { Facet } from '../../src/observe/facets/facet.ts';
import { isVolumePath } from '../../src/observe/facets/machine.ts';
import type { NodeSnapshot } from '../../src/observe/snapshot.ts';
import { adjtimeStatuses, timeStatuses } from '../../src/talos/resources/clock.ts';
import { linkStatuses, networkStatuses, probeStatuses, siderolinkStatuses } from '../../src/talos/resources/network.ts';
import { imageCacheConfigs, volumeStatuses } from '../../src/talos/resources/storage.ts';
import type { ResourceType } from '../../src/talos/resources/type.ts';
import { findingsWith } from '../builders/evaluate.ts';
import { onNode } from '../builders/faults.ts';
import { failed, ok } from '../builders/snapshot.ts';
import { answerBytes, recordedCall } from '../fixtures/recorded.ts';

const versions = [
  ['v1.14.0-rc.1', 'more-1.14', 'k9'],
  ['v1.13.9', 'more-1.13.9', 'k1'],
  ['v1.9.6', 'more-1.9.6', 'e1'],
] as const;

function resourcesOf(file: string, name: string): readonly Resource[] {
  const call = recordedCall(file, name);
  const schema = call.method.endsWith('/List') ? ListResponseSchema : GetResponseSchema;
  return answerBytes(call).flatMap((bytes) => fromBinary(schema, bytes).resource ?? []);
}

/** Decodes both formats, whose results must be equal. */
function decoded<T>(type: ResourceType<T>, resources: readonly Resource[]): readonly T[] {
  return resources.map(({ metadata, spec }) => {
    const original = create(ResourceSchema, { ...(metadata && { metadata }), ...(spec && { spec }) });
    const asYaml = create(ResourceSchema, {
      ...(metadata && { metadata }),
      spec: { yamlSpec: spec?.yamlSpec ?? new Uint8Array() },
    });
    const value = type.decode(original);
    assert.deepEqual(type.decode(asYaml), value);
    return value;
  });
}

const fromYaml = (yaml: string, id = 'id'): Resource =>
  create(ResourceSchema, { metadata: { id }, spec: { yamlSpec: Buffer.from(yaml) } });

function first<T>(values: readonly T[]): T {
  const [value] = values;
  assert.ok(value !== undefined);
  return value;
}

/** What a real node in a container answers, as facets. */
function facetsOf(tag: string, file: string, node: string): Partial<NodeSnapshot> {
  const list = <T>(type: ResourceType<T>, name: string): Facet<readonly T[]> =>
    ok(decoded(type, resourcesOf(file, `${node}-reader-${name}`)));
  const [mounts] = answerBytes(recordedCall(file, `${node}-reader-Mounts`)).map((bytes) =>
    fromBinary(MountsResponseSchema, bytes),
  );
  const stats = mounts?.messages[0]?.stats ?? [];
  return {
    version: ok({ tag, platform: 'container', mode: 'container' }),
    volumes: list(volumeStatuses, 'Volumes'),
    probes: list(probeStatuses, 'Probes'),
    imageCache: list(imageCacheConfigs, 'ImageCache'),
    siderolink: list(siderolinkStatuses, 'Siderolink'),
    network: ok(first(decoded(networkStatuses, resourcesOf(file, `${node}-reader-NetworkStatus`)))),
    timeStatus: ok(first(decoded(timeStatuses, resourcesOf(file, `${node}-reader-Time`)))),
    clockError: failed({ kind: 'not-found', message: recordedCall(file, `${node}-reader-Adjtime`).message ?? '' }),
    time: ok({ unmeasured: recordedCall(file, `${node}-reader-TimeCheck`).message ?? '' }),
    mounts: ok(
      stats
        .filter(({ mountedOn }) => isVolumePath(mountedOn))
        .map(({ mountedOn, filesystem, size, available }) => ({
          path: mountedOn,
          source: filesystem,
          size: Number(size),
          available: Number(available),
        })),
    ),
    links: ok([{ name: 'eth0', isDown: false }]),
    storage: failed({ kind: 'unsupported-type', message: 'resource type is not supported' }),
  };
}

const checks: ReadonlySet<string> = new Set([
  'clock',
  'volumes',
  'disk',
  'disk-usage',
  'network',
  'probes',
  'image-cache',
  'siderolink',
]);

describe('the machine of a real healthy node', () => {
  for (const [tag, file, node] of versions) {
    test(`Talos ${tag}: is decoded`, () => {
      const { network, imageCache, timeStatus, mounts } = facetsOf(tag, file, node);
      assert.deepEqual(
        network,
        ok({ addressReady: true, connectivityReady: true, hostnameReady: true, etcFilesReady: true }),
      );
      assert.deepEqual(imageCache, ok([{ status: 'disabled', copy: 'skipped' }]));
      assert.deepEqual(timeStatus, ok({ synced: true, syncDisabled: true }));
      assert.ok(mounts?.ok && mounts.value.some(({ path, size }) => path === '/var' && size === 270_553_174_016));
    });

    test(`Talos ${tag}: no check finds anything`, () => {
      const findings = findingsWith(onNode('worker-1', () => facetsOf(tag, file, node)));
      const found = findings.filter(({ check, node: name }) => name === 'worker-1' && checks.has(check));
      assert.equal(found.length, checks.size);
      assert.deepEqual(
        found.filter(({ status }) => status !== 'pass' && status !== 'skip'),
        [],
      );
    });
  }
});

test('file systems of disks are kept, and not those of pods and containers', () => {
  const disks = [
    '/var',
    '/var/log',
    '/var/lib/etcd',
    '/var/lib/kubelet',
    '/var/mnt/data',
    '/var/lib/longhorn',
    '/var/a/b',
  ];
  const others = [
    '/',
    '/variable',
    '/system/state',
    '/var/run/lock',
    '/var/lib/kubelet/pods/1/volumes/kubernetes.io~csi/pvc/mount',
    '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/1',
  ];
  assert.deepEqual([...disks, ...others].filter(isVolumePath), disks);
});

test('YAML is decoded: errors of a clock, ports of a bond, an image cache, failed keys', () => {
  assert.equal(adjtimeStatuses.decode(fromYaml('offset: -1.5µs\nestError: 1.25s\nsyncStatus: true\n')), 1250);
  assert.equal(adjtimeStatuses.decode(fromYaml('estError: 1m0.5s\n')), 60_500);
  // As Talos leaves it after a correction, half an hour later, and nine hours later.
  assert.equal(adjtimeStatuses.decode(fromYaml('maxError: 1.024s\nestError: 0s\nsyncStatus: true\n')), 0);
  assert.equal(adjtimeStatuses.decode(fromYaml('maxError: 16s\nestError: 0s\nsyncStatus: false\n')), 16_000);
  assert.deepEqual(
    linkStatuses.decode(
      fromYaml('index: 3\nmasterIndex: 7\nslaveKind: bond\noperationalState: lowerLayerDown\n', 'eth1'),
    ),
    { name: 'eth1', isDown: true, bond: 7 },
  );
  assert.deepEqual(linkStatuses.decode(fromYaml('index: 3\noperationalState: up\n', 'eth0')), {
    name: 'eth0',
    isDown: false,
  });
  assert.deepEqual(imageCacheConfigs.decode(fromYaml('status: preparing\ncopyStatus: copying\nroots: []\n')), {
    status: 'preparing',
    copy: 'copying',
  });
  assert.deepEqual(volumeStatuses.decode(fromYaml('phase: ready\nencryptionFailedSyncs:\n - slot 1\n', 'STATE')), {
    id: 'STATE',
    phase: 'ready',
    errorMessage: '',
    size: 0,
    failedKeys: ['slot 1'],
  });
});
