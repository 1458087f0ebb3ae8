import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { FaultArguments } from '../../sim/faults/fault.ts';
import type { FaultName } from '../../sim/faults/faults.ts';
import { registry } from '../../src/checks/registry.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { type Access, observeOnce } from './simulated.ts';

/** What a public report tells of its cluster, and what the gate says of it. */
interface Row {
  /** As in the documentation of the check. */
  readonly report: string;
  readonly check: string;
  readonly faults: readonly (readonly [fault: FaultName, node?: string, args?: FaultArguments])[];
  readonly access?: Access;
  /** The finding of the check: its subject, status and message. */
  readonly finds: readonly [subject: string, status: string, message: RegExp];
  /** Part of a command to run next. */
  readonly runs: string;
  /** Causes: `id nodes`; none if it is a warning. */
  readonly causes: readonly string[];
}

const rows: readonly Row[] = [
  {
    report: 'etcd-io/etcd#9768',
    check: 'clock',
    faults: [['clock-off', 'cp-3', { milliseconds: 10_449 }]],
    finds: ['cp-3', 'warn', /^the clock is 10\.\ds ahead of /],
    runs: 'time',
    causes: [],
  },
  {
    report: 'siderolabs/talos#11752',
    check: 'disk',
    faults: [
      ['small-disk', 'worker-2', { mebibytes: 1228 }],
      ['disk-full', 'worker-2'],
    ],
    finds: ['worker-2', 'pending', /^the EPHEMERAL volume has 1228 MiB, and needs at least /],
    runs: 'get volumestatus EPHEMERAL',
    causes: ['disk worker-2'],
  },
  {
    report: 'siderolabs/talos#13827',
    check: 'volumes',
    faults: [
      [
        'volume-failed',
        'worker-1',
        {
          id: 'u-data-a',
          message:
            'error formatting and encrypting volume: no handlers available to get encryption keys from: failed to lock PCR 11, as it is in the wrong state, a reboot might be required',
        },
      ],
    ],
    finds: ['worker-1', 'pending', /^the volume u-data-a is failed: .* a reboot might be required$/],
    runs: 'get volumestatus',
    causes: ['volumes worker-1'],
  },
  {
    report: 'siderolabs/talos#10752',
    check: 'network',
    faults: [['bond-port-down', 'worker-1']],
    finds: ['worker-1', 'pending', /eth1/],
    runs: 'get links',
    causes: ['network worker-1'],
  },
  {
    report: 'siderolabs/omni#2521',
    check: 'probes',
    faults: [
      ['probe-failed', 'worker-1'],
      ['probe-failed', 'worker-2'],
    ],
    finds: ['worker-2', 'pending', /^the probe tcp:proxy\.example\.com:3128 fails: /],
    runs: 'get probestatus',
    causes: ['probes worker-1,worker-2'],
  },
  {
    report: 'siderolabs/talos#11540',
    check: 'image-cache',
    faults: [['image-cache-not-ready', 'worker-1']],
    finds: ['worker-1', 'warn', /^the image cache is preparing$/],
    runs: 'get volumestatus',
    causes: [],
  },
  {
    report: 'siderolabs/talos#13160',
    check: 'kubespan',
    faults: [
      ['kubespan-peer-down', 'cp-3', { member: 'worker-1' }],
      ['kubespan-peer-down', 'worker-1', { member: 'cp-3' }],
    ],
    finds: ['cp-3', 'pending', /^the peer worker-1 is down$/],
    runs: 'get kubespanpeerstatuses',
    causes: ['kubespan cp-3', 'kubespan worker-1'],
  },
  {
    report: 'siderolabs/omni#2524',
    check: 'siderolink',
    faults: [['siderolink-down', 'worker-2']],
    finds: ['worker-2', 'warn', /omni\.example\.com/],
    runs: 'get siderolinkstatus',
    causes: [],
  },
  {
    report: 'siderolabs/talos#7169',
    check: 'etcd-size',
    faults: [['etcd-fragmented', 'cp-2', { mebibytes: 282 }]],
    finds: ['cp-2', 'warn', /^only .* are in use .*: it is fragmented$/],
    runs: 'etcd defrag',
    causes: [],
  },
  {
    report: 'siderolabs/talos#7169',
    check: 'topology',
    faults: [
      ['discovery-knows-only-itself', 'cp-1'],
      ['discovery-knows-only-itself', 'cp-2'],
      ['discovery-knows-only-itself', 'cp-3'],
    ],
    finds: ['the cluster', 'warn', /^3 control planes and 0 workers .*; discovery on cp-1 knows only cp-1, unlike on /],
    runs: 'get members',
    causes: [],
  },
  {
    report: 'siderolabs/talos#4888',
    check: 'etcd-alarms',
    faults: [
      ['etcd-nearly-full', 'cp-2', { mebibytes: 2048 }],
      ['etcd-alarm-nospace', 'cp-2'],
    ],
    finds: ['the cluster', 'pending', /NOSPACE/],
    runs: 'etcd alarm disarm',
    causes: ['etcd-alarm cp-2'],
  },
  {
    report: 'etcd-io/etcd#20967',
    check: 'etcd-versions',
    faults: [
      ['etcd-older-version', 'cp-1'],
      ['etcd-older-version', 'cp-2'],
    ],
    finds: ['the cluster', 'warn', /^the members run different versions of etcd: 3\.5\.21 on cp-1, cp-2; 3\./],
    runs: 'etcd status',
    causes: [],
  },
  {
    report: 'siderolabs/talos#8112',
    check: 'kubeprism',
    faults: [
      ['kubeprism-cut-off', 'worker-1'],
      ['node-not-ready', 'worker-1'],
    ],
    finds: ['worker-1', 'pending', /^KubePrism, .*, reaches no API server$/],
    runs: 'get kubeprismendpoints',
    causes: ['kubeprism worker-1'],
  },
  {
    report: 'siderolabs/talos#10598',
    check: 'kubeprism',
    faults: [['kubeprism-off', 'worker-1']],
    finds: ['worker-1', 'warn', /^KubePrism is not enabled, and is on 4 other nodes: /],
    runs: 'get kubeprismstatuses',
    causes: [],
  },
  {
    report: 'siderolabs/talos#9354',
    check: 'extensions',
    faults: [['other-schematic', 'cp-1', { id: 'ce4c980550dd2ab1b17bbf2b08801c7eb59418eafe8f279833297925d67c7515' }]],
    access: { inputs: { profile: 'strict' } },
    finds: ['cp-1', 'pending', /ce4c9805/],
    runs: 'get extensions',
    causes: ['extensions cp-1'],
  },
  {
    report: 'siderolabs/talos#14373',
    check: 'boot-finished',
    faults: [['extension-waits', 'worker-1']],
    finds: [
      'worker-1',
      'pending',
      /^the machine is booting: ext-qemu-guest-agent waits for file ".*org\.qemu\.guest_agent\.0" to exist$/,
    ],
    runs: 'service',
    causes: ['waiting-service worker-1'],
  },
  {
    report: 'cozystack/talm#175',
    check: 'talos-version',
    faults: [['other-talos-version', 'cp-1', { message: 'v1.13.9' }]],
    access: { inputs: { 'expected-talos-version': '1.14.0' } },
    finds: ['cp-1', 'pending', /^it runs Talos v1\.13\.9, and 1\.14\.0 is expected/],
    runs: 'dmesg',
    causes: ['talos-version cp-1'],
  },
  {
    report: 'kubernetes/kubernetes#127316',
    check: 'version-skew',
    faults: [['kubelet-other-version', 'cp-1', { message: 'v1.37.0' }]],
    finds: ['the cluster', 'pending', /^kubelets are newer than an API server .*: v1\.37\.0 on cp-1/],
    runs: 'version',
    causes: ['version-skew '],
  },
  {
    report: 'kubernetes/kubeadm#581',
    check: 'certificates',
    faults: [['apiserver-certificate-expiring', 'cp-2']],
    access: { role: 'os:admin' },
    finds: ['the cluster', 'warn', /^the certificate of kube-apiserver of cp-2 expires at /],
    runs: 'talosctl',
    causes: [],
  },
  {
    report: 'siderolabs/talos#10163',
    check: 'node-registered',
    faults: [['node-unseen-by-talos', 'worker-1']],
    finds: ['worker-1', 'pending', /./],
    runs: 'talosctl',
    causes: ['node-registered worker-1'],
  },
];

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

for (const { report, check, faults, access, finds, runs, causes } of rows) {
  test(`${report}: ${check}`, async () => {
    const answered = registry.filter(({ docs }) => docs.reports?.includes(report)).map(({ id }) => id);
    assert.ok(answered.includes(check), `${report} is a report of ${answered.join() || 'no check'}`);
    for (const [fault, node, args] of faults) {
      await cluster.fault(fault, node, args);
    }
    const { snapshot, findings } = await observeOnce(cluster, access);
    const [subject, status, message] = finds;
    const found = findings.find((finding) => finding.check === check && (finding.node ?? 'the cluster') === subject);
    assert.equal(found?.status, status, found?.message);
    assert.match(found.message, message);
    const commands = found.hint?.commands ?? [];
    assert.ok(
      commands.some((command) => command.includes(runs)),
      commands.join('; '),
    );
    assert.deepEqual(
      diagnose(findings, snapshot).map(({ id, nodes }) => `${id} ${nodes.join()}`),
      causes,
    );
  });
}
