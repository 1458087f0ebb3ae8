import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, fromBinary } from '@bufbuild/protobuf';
import {
  GetResponseSchema,
  ListResponseSchema,
  type Resource,
  ResourceSchema,
} from '../../src/gen/cosi/resource/resource_pb.ts';
import {
  EtcdMemberListResponseSchema,
  EtcdStatusResponseSchema,
  MemoryResponseSchema,
  ServiceListResponseSchema,
  VersionResponseSchema,
} from '../../src/gen/machine/machine_pb.ts';
import { localEtcdMembers } from '../../src/talos/resources/etcd.ts';
import { nodenames, nodeStatuses, staticPodStatuses, staticPods } from '../../src/talos/resources/kubernetes.ts';
import { machineStatuses } from '../../src/talos/resources/machine.ts';
import { identities, machineTypes, members } from '../../src/talos/resources/members.ts';
import { volumeStatuses } from '../../src/talos/resources/storage.ts';
import type { ResourceType } from '../../src/talos/resources/type.ts';
import { bootIds, extensionStatuses, imageFactorySchematics, metaKeys } from '../../src/talos/resources/upgrade.ts';
import { answerBytes, recordedCall } from '../fixtures/recorded.ts';

function only(bytes: readonly Uint8Array[]): Uint8Array {
  assert.equal(bytes.length, 1);
  return bytes[0] ?? new Uint8Array();
}

const answer = (file: string, name: string): Uint8Array => only(answerBytes(recordedCall(file, name)));

function resource(file: string, name: string): Resource {
  const found = fromBinary(GetResponseSchema, answer(file, name)).resource;
  assert.ok(found);
  return found;
}

const resources = (file: string, name: string): readonly Resource[] =>
  answerBytes(recordedCall(file, name)).flatMap((bytes) => fromBinary(ListResponseSchema, bytes).resource ?? []);

/** The same resource as older versions of Talos send it: only as YAML. */
const asYaml = (original: Resource): Resource =>
  create(ResourceSchema, {
    ...(original.metadata && { metadata: original.metadata }),
    ...(original.spec && { spec: { yamlSpec: original.spec.yamlSpec } }),
  });

const fromYaml = (yaml: string, id = 'id'): Resource =>
  create(ResourceSchema, { metadata: { id }, spec: { yamlSpec: Buffer.from(yaml) } });

/** Decodes both formats, whose results must be equal. */
function decodeBoth<T>(type: ResourceType<T>, original: Resource): T {
  const decoded = type.decode(original);
  assert.deepEqual(type.decode(asYaml(original)), decoded);
  return decoded;
}

test('a version is decoded', () => {
  const [message] = fromBinary(VersionResponseSchema, answer('healthy', 'reader-Version')).messages;
  assert.equal(message?.version?.tag, 'v1.14.0-beta.1');
  assert.equal(message?.platform?.mode, 'container');
});

test('a service list is decoded with states and health', () => {
  const bytes = answer('kubelet-missing', 'running-no-kubelet-reader-ServiceList');
  const services = fromBinary(ServiceListResponseSchema, bytes).messages[0]?.services ?? [];
  assert.deepEqual(
    services.map(({ id, state, health }) => [id, state, health?.healthy, health?.unknown]),
    [
      ['apid', 'Running', true, false],
      ['containerd', 'Running', true, false],
      ['cri', 'Running', true, false],
      ['etcd', 'Running', true, false],
      ['kubelet', 'Failed', false, true],
      ['machined', 'Running', true, false],
      ['trustd', 'Running', true, false],
    ],
  );
});

test('memory is decoded from KiB', () => {
  const [message] = fromBinary(MemoryResponseSchema, answer('healthy', 'reader-Memory')).messages;
  assert.equal(message?.meminfo?.memtotal, 24684092n);
});

test('members and the status of etcd are decoded', () => {
  const [list] = fromBinary(EtcdMemberListResponseSchema, answer('healthy', 'reader-EtcdMemberList')).messages;
  assert.deepEqual(
    list?.members.map(({ hostname, peerUrls }) => [hostname, peerUrls]),
    [
      ['cp1', ['https://10.77.0.11:2380']],
      ['cp3', ['https://10.77.0.13:2380']],
      ['cp2', ['https://10.77.0.12:2380']],
    ],
  );
  const [status] = fromBinary(EtcdStatusResponseSchema, answer('healthy', 'reader-EtcdStatus')).messages;
  assert.equal(status?.memberStatus?.leader.toString(16), '252902638f78db76');
  assert.equal(status?.memberStatus?.memberId, status?.memberStatus?.leader);
});

test('a machine status that is ready is decoded', () => {
  assert.deepEqual(decodeBoth(machineStatuses, resource('healthy', 'reader-Get-MachineStatus')), {
    stage: 'running',
    ready: true,
    unmetConditions: [],
  });
});

test('a machine status with unmet conditions is decoded', () => {
  assert.deepEqual(
    decodeBoth(machineStatuses, resource('kubelet-missing', 'booting-before-bootstrap-reader-Get-MachineStatus')),
    {
      stage: 'booting',
      ready: false,
      unmetConditions: [
        { name: 'services', reason: 'kubelet not running, etcd not running' },
        { name: 'nodeReady', reason: 'node "k1" status is not available yet' },
      ],
    },
  );
});

test('members are decoded with roles and addresses', () => {
  const decoded = resources('healthy', 'reader-List-Members').map((member) => decodeBoth(members, member));
  assert.deepEqual(
    decoded.map(({ hostname, addresses, role, apiServerPort }) => [hostname, addresses, role, apiServerPort]),
    [
      ['cp1', ['10.77.0.11'], 'controlplane', 6443],
      ['cp2', ['10.77.0.12'], 'controlplane', 6443],
      ['cp3', ['10.77.0.13'], 'controlplane', 6443],
      ['w1', ['10.77.0.21'], 'worker', 6443],
    ],
  );
});

test('a machine type and a node name are decoded', () => {
  assert.equal(machineTypes.decode(resource('healthy', 'reader-Get-MachineType')), 'controlplane');
  assert.deepEqual(decodeBoth(nodenames, resource('healthy', 'reader-Get-Nodename')), {
    nodename: 'cp1',
    skipNodeRegistration: false,
  });
});

test('static pods are decoded', () => {
  const pods = resources('kubelet-missing', 'running-no-kubelet-reader-List-StaticPods');
  assert.deepEqual(
    pods.map((pod) => decodeBoth(staticPods, pod)),
    ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((id) => ({
      id,
      namespace: 'kube-system',
      name: id,
      restartPolicy: 'Always',
      image: `registry.k8s.io/${id}:v1.37.0-rc.1`,
      probed: id !== 'kube-controller-manager',
      ...(id === 'kube-apiserver' && { port: 6443 }),
    })),
  );
});

test('YAML is decoded: stages of two words, dual-stack members, volumes, node and pod statuses', () => {
  assert.equal(
    machineStatuses.decode(fromYaml('stage: shutting down\nstatus:\n    ready: true\n')).stage,
    'shutting down',
  );
  const yaml =
    'nodeId: x\naddresses:\n - 10.0.0.1\n - fd00::1\nhostname: cp-1\nmachineType: init\ncontrolPlane:\n    port: 443\n';
  assert.deepEqual(members.decode(fromYaml(yaml)), {
    nodeId: 'x',
    nodename: 'id',
    hostname: 'cp-1',
    addresses: ['10.0.0.1', 'fd00::1'],
    role: 'controlplane',
    operatingSystem: '',
    apiServerPort: 443,
  });
  assert.deepEqual(volumeStatuses.decode(fromYaml('phase: failed\nerrorMessage: no disk\nsize: 1024\n')), {
    id: 'id',
    phase: 'failed',
    errorMessage: 'no disk',
    size: 1024,
  });
  assert.deepEqual(nodeStatuses.decode(fromYaml('nodename: w1\nnodeReady: true\nunschedulable: false\n')), {
    nodename: 'w1',
    ready: true,
    unschedulable: false,
  });
  const status =
    'phase: Running\nconditions:\n - type: Ready\n   status: "False"\n   reason: ContainersNotReady\ncontainerStatuses:\n - state:\n     waiting:\n       reason: CrashLoopBackOff\n       message: back-off 5m0s\n';
  assert.deepEqual(staticPodStatuses.decode(fromYaml(status, 'kube-system/a-b')), {
    id: 'kube-system/a-b',
    phase: 'Running',
    ready: false,
    reason: 'CrashLoopBackOff: back-off 5m0s',
  });
});

test('a resource that cannot be decoded is an error, not a default', () => {
  const garbage = create(ResourceSchema, { spec: { protoSpec: Uint8Array.of(255, 255, 255) } });
  assert.throws(() => machineStatuses.decode(garbage));
  assert.throws(() => machineStatuses.decode(fromYaml('- a list')));
  assert.equal(machineStatuses.decode(fromYaml('stage: dancing')).stage, 'unknown');
});

test('the identity of a machine is the node id of discovery', () => {
  const nodeId = decodeBoth(identities, resource('identity-1.13.9', 'k1-reader-Identity'));
  const listed = resources('identity-1.13.9', 'k1-reader-Members').map((one) => decodeBoth(members, one));
  assert.equal(listed.find((member) => member.nodeId === nodeId)?.nodename, 'k1');
  assert.equal(new Set(listed.map((member) => member.nodeId)).size, listed.length);
});

test('the local etcd member has the id of etcd, without leading zeros', () => {
  const memberId = decodeBoth(localEtcdMembers, resource('k8s-apiserver-hung', 'k3-hung-60s-reader-EtcdMember'));
  assert.match(memberId, /^[1-9a-f][0-9a-f]{0,15}$/);
});

test('YAML of what concerns an upgrade is decoded: a boot, a schematic, and versions that look like numbers', () => {
  assert.equal(bootIds.decode(fromYaml('bootID: 15e86367-42a0\n')), '15e86367-42a0');
  assert.equal(imageFactorySchematics.decode(fromYaml('schematicId: c9078f94\nflavor: x\n')), 'c9078f94');
  assert.deepEqual(metaKeys.decode(fromYaml('value: A\n')), { id: 'id', value: 'A' });
  assert.deepEqual(
    extensionStatuses.decode(
      fromYaml('image: 0.sqsh\nmetadata:\n    name: gvisor\n    version: 1.5\n    author: me\n'),
    ),
    { name: 'gvisor', version: '1.5' },
  );
});
