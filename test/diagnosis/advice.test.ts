import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { load } from 'js-yaml';
import type { Hint } from '../../src/checks/check.ts';
import { registry } from '../../src/checks/registry.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import { ListResponseSchema } from '../../src/gen/cosi/resource/resource_pb.ts';
import { advice as serverAdvice } from '../../src/server-mode/advice.ts';
import type { FailureKind } from '../../src/talos/failure.ts';
import { crashLooping } from '../builders/crash-loops.ts';
import { options } from '../builders/evaluate.ts';
import {
  all,
  etcdLeaderless,
  type Fault,
  onEveryNode,
  onNode,
  serviceIs,
  stage,
  unreachable,
  withFaults,
} from '../builders/faults.ts';
import { withKubernetes } from '../builders/kubernetes.ts';
import { refusedByOmni, throughOmni } from '../builders/omni.ts';
import { endpointsAre, failing, lostQuorum, notBootstrapped, withoutCni } from '../builders/scenarios.ts';
import { singleFaults } from '../builders/single-faults.ts';
import { failed, healthySnapshot, now, ok } from '../builders/snapshot.ts';
import { answerBytes, recordedCall } from '../fixtures/recorded.ts';

/** Commands that only read, without their nodes. What they write is a file here, or nothing. */
const reads = [
  /^date -u$/,
  /^kubectl (-n \S+ )?(auth can-i|cluster-info|describe|get|logs|version)\b/,
  /^omnictl (cluster status|get|serviceaccount list)\b/,
  /^talosctl (-e \S+ )?(config info|containers|dmesg|get|image list|logs|memory|mounts|netstat|read|services|time|usage|version)\b/,
  /^talosctl service \S+$/,
  /^talosctl etcd (alarm list|members|snapshot|status)\b/,
  /^talosctl upgrade-k8s --dry-run /,
];

/** Commands that change something, and what the text beside them has to say of that. */
const changes: readonly (readonly [command: RegExp, says: RegExp])[] = [
  [/^talosctl reset /, /deletes what it has under \/var/],
  [/^talosctl reboot$/, /reboot.* stops what runs on it/i],
  [/^talosctl apply-config /, /apply one, which installs Talos on its disk/],
  [/^talosctl bootstrap$/, /on exactly one control plane\. If it was bootstrapped before, do not/],
  [
    /^talosctl etcd defrag$/,
    /rewrites (its|the) database.* does not answer|changes its database and blocks it meanwhile/,
  ],
  [/^talosctl etcd alarm disarm$/, /disarm the alarm, and etcd takes writes again/],
  [/^talosctl etcd remove-member /, /Remove a member .* (comes|come) back with its data/],
  [/^kubectl uncordon /, /places pods on it again/],
  [/^talosctl config endpoint /, /writes (them )?into the talosconfig/],
  [/^talosctl (config new|gen config) /, /make (one|a new talosconfig|another)/i],
  [/^omnictl serviceaccount renew /, /Renew the key/],
  [/^omnictl serviceaccount create /, /create another account|the role Reader|the key of a service account/],
];

const withoutNodes = (command: string): string => command.replace(/^(talosctl) (?:-n \S+ )?/, '$1 ');

const healthy = withKubernetes(healthySnapshot());

const kinds: readonly FailureKind[] = [
  'refused',
  'unresolved',
  'dropped',
  'server-certificate',
  'wrong-ca',
  'client-certificate-expired',
  'client-certificate-unknown',
  'not-authorized',
  'starting',
  'timeout',
  'other-machine',
];

/** Nobody has its member in the list, and it is started again and again. */
const removedMember: Fault = all(
  onEveryNode(({ etcdMembers }) =>
    etcdMembers.ok ? { etcdMembers: ok(etcdMembers.value.filter(({ id }) => id !== 'e3')) } : {},
  ),
  serviceIs('cp-3', 'etcd', crashLooping('it exits without an error', 'etcd')),
  onNode('cp-3', () => ({ etcdMembers: failed(), etcdStatus: failed(), etcdAlarms: failed() })),
);

const faults: readonly Fault[] = [
  ...singleFaults.map(({ fault }) => fault),
  ...kinds.flatMap((kind) => [
    unreachable('worker-1', { kind, layer: 'node' }),
    unreachable('cp-2', { kind, layer: 'node' }),
    endpointsAre(failing('10.0.0.1:50000', { kind, layer: 'endpoint' })),
    endpointsAre(failing('10.0.0.1:50000', { kind, layer: 'caller' })),
  ]),
  ...(['maintenance', 'resetting', 'shutting down', 'rebooting', 'booting'] as const).map((to) => stage('cp-2', to)),
  endpointsAre({ endpoint: '10.0.1.1:50000', state: 'worker' }),
  notBootstrapped,
  lostQuorum,
  withoutCni,
  removedMember,
  etcdLeaderless('cp-3'),
  serviceIs('worker-1', 'sandboxd', crashLooping('sandboxd exited, namespace lost: signal: killed', 'sandboxd')),
  ...(['time', 'network'] as const).map((name) => stage('worker-1', 'booting', { name, reason: 'not there yet' })),
  all(stage('worker-1', 'booting'), serviceIs('worker-1', 'kubelet', { state: 'Failed', lastEvent: 'no image' })),
  ...(['signature-refused', 'account-denied', 'unknown-cluster'] as const).map((kind) =>
    all(throughOmni(), refusedByOmni({ kind, message: 'no', clockOffset: 0 })),
  ),
  all(throughOmni({ notAfter: now - 1 }), refusedByOmni({ kind: 'signature-refused', message: 'no' })),
];

/** All that the gate says to do about these faults, and its documentation. */
function* hints(): Iterable<Hint> {
  for (const { docs } of registry) {
    yield { text: docs.advice, commands: docs.commands };
  }
  for (const fault of faults) {
    const snapshot = withFaults(healthy, fault);
    const findings = evaluate(snapshot, {
      ...options,
      ...(snapshot.credentials.account !== undefined && { omniCluster: 'prod' }),
    });
    for (const { hint } of [...findings, ...diagnose(findings, snapshot)]) {
      if (hint !== undefined) yield hint;
    }
  }
  for (const { id } of registry) {
    yield serverAdvice(id, healthy.nodes);
  }
}

const given = [...hints()];

test('advice never does more than read, unless its text says what it changes', () => {
  const unknown = new Set<string>();
  const unsaid = new Set<string>();
  const seen = new Set<RegExp>();
  for (const { text, commands } of given) {
    for (const command of commands.map(withoutNodes)) {
      const change = changes.find(([pattern]) => pattern.test(command));
      if (change !== undefined) {
        seen.add(change[0]);
        if (!change[1].test(text)) unsaid.add(`${command}: ${text}`);
      } else if (!reads.some((pattern) => pattern.test(command))) {
        unknown.add(command);
      }
    }
  }
  assert.deepEqual([[...unknown], [...unsaid]], [[], []]);
  assert.deepEqual(
    changes.filter(([pattern]) => !seen.has(pattern)).map(([pattern]) => pattern.source),
    [],
  );
});

test('each command for a node is known to read, or to change something', () => {
  const commands = globSync('src/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\btalosctl\([^'`()]+, ['`]([^'`]+)['`]/g)].map(
      ([, command]) => `talosctl ${command}`,
    ),
  );
  assert.ok(commands.length > 80, `${commands.length}`);
  const known = [...reads, ...changes.map(([pattern]) => pattern)];
  assert.deepEqual(
    commands.filter(
      (command) =>
        !known.some((pattern) => pattern.test(command.replace(/\$\{through\}/, '').replaceAll(/\$\{[^}]*\}/g, 'X'))),
    ),
    [],
  );
});

test('talosctl get names resources that Talos 1.14 has', () => {
  const call = recordedCall('healthy', 'reader-List-ResourceDefinitions');
  const names = answerBytes(call).flatMap((bytes) => {
    const yaml = fromBinary(ListResponseSchema, bytes).resource?.spec?.yamlSpec ?? '';
    const { aliases = [], allAliases = [] } = load(Buffer.from(yaml).toString()) as Record<string, string[]>;
    return [...aliases, ...allAliases];
  });
  assert.ok(names.length > 199);
  const asked = given.flatMap(({ commands }) =>
    commands.flatMap((command) => /^talosctl(?: -n \S+)? get (\S+)/.exec(command)?.[1] ?? []),
  );
  assert.deepEqual(
    [...new Set(asked)].filter((name) => !names.includes(name.toLowerCase())),
    [],
  );
});
