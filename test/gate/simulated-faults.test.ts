import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { Fault, FaultArguments } from '../../sim/faults/fault.ts';
import { type FaultName, faults } from '../../sim/faults/faults.ts';
import { registry } from '../../src/checks/registry.ts';
import { wantedFacets } from '../../src/checks/wanted-facets.ts';
import { concerns, type NodeFacetName, nodeFacet, nodeFacetNames } from '../../src/observe/facets/table.ts';
import type { Role } from '../../src/observe/members/cluster.ts';
import { options } from '../builders/evaluate.ts';
import { type Access, having, observeOnce } from './simulated.ts';

interface Row {
  /** The only check that has to fail: `check`, or `check@node`. */
  readonly fails: string;
  readonly fault?: FaultName;
  readonly node?: string;
  readonly args?: FaultArguments;
  /** For a fault of the caller. */
  readonly access?: (cluster: SimulatedCluster) => Access;
}

const workers = (cluster: SimulatedCluster): readonly string[] =>
  cluster.nodes.filter(({ role }) => role === 'worker').map(({ endpoint }) => endpoint);

/** A fault for each check after which only this check fails: all others pass, are skipped, or are blocked by it. */
const rows: readonly Row[] = [
  { fails: 'credentials', access: () => ({ talosconfig: { validity: 'expired' } }) },
  { fails: 'topology', access: (cluster) => ({ talosconfig: { endpoints: workers(cluster) } }) },
  { fails: 'api-reachable@cp-2', fault: 'node-dead', node: 'cp-2' },
  { fails: 'api-reachable@worker-1', fault: 'node-frozen', node: 'worker-1' },
  { fails: 'api-reachable@worker-2', fault: 'node-maintenance', node: 'worker-2' },
  { fails: 'api-reachable@worker-2', fault: 'answered-by-other', node: 'worker-2', args: { member: 'worker-1' } },
  { fails: 'boot-finished@cp-2', fault: 'booting', node: 'cp-2' },
  { fails: 'boot-finished@worker-1', fault: 'shutting-down', node: 'worker-1' },
  { fails: 'network@worker-1', fault: 'network-unmet', node: 'worker-1' },
  { fails: 'network@cp-2', fault: 'bond-port-down', node: 'cp-2' },
  { fails: 'probes@worker-1', fault: 'probe-failed', node: 'worker-1' },
  { fails: 'machine-ready@cp-2', fault: 'time-unmet', node: 'cp-2' },
  { fails: 'clock@cp-3', fault: 'clock-off', node: 'cp-3' },
  { fails: 'clock@worker-2', fault: 'clock-off', node: 'worker-2', args: { milliseconds: -45_000 } },
  { fails: 'machine-ready@cp-3', fault: 'not-ready-without-reason', node: 'cp-3' },
  { fails: 'services@worker-2', fault: 'kubelet-failed', node: 'worker-2' },
  { fails: 'services@cp-1', fault: 'service-failed', node: 'cp-1', args: { service: 'trustd' } },
  { fails: 'services@worker-1', fault: 'sandboxd-down', node: 'worker-1' },
  { fails: 'memory@worker-1', fault: 'low-memory', node: 'worker-1' },
  { fails: 'disk@cp-2', fault: 'small-disk', node: 'cp-2' },
  { fails: 'disk-usage@worker-2', fault: 'disk-full', node: 'worker-2' },
  { fails: 'disk-usage@cp-1', fault: 'disk-full', node: 'cp-1', args: { part: '/var/mnt/data' } },
  { fails: 'volumes@worker-1', fault: 'volume-failed', node: 'worker-1' },
  { fails: 'volumes@worker-1', fault: 'volume-key-not-stored', node: 'worker-1' },
  { fails: 'volumes@cp-2', fault: 'raid-degraded', node: 'cp-2' },
  { fails: 'volumes@worker-2', fault: 'volume-group-partial', node: 'worker-2' },
  { fails: 'volumes@cp-1', fault: 'raid-waiting', node: 'cp-1' },
  { fails: 'volumes@worker-1', fault: 'raid-failed', node: 'worker-1' },
  { fails: 'volumes@worker-1', fault: 'lvm-invalid', node: 'worker-1' },
  { fails: 'diagnostics@worker-1', fault: 'diagnostic', node: 'worker-1' },
  { fails: 'upgrade-confirmed@cp-1', fault: 'upgrade-unconfirmed', node: 'cp-1' },
  { fails: 'upgrade-confirmed@worker-2', fault: 'upgrade-staged', node: 'worker-2' },
  { fails: 'etcd-service@cp-2', fault: 'etcd-stopped', node: 'cp-2' },
  { fails: 'etcd-members-consistent@cp-2', fault: 'etcd-member-unseen', node: 'cp-2' },
  { fails: 'etcd-members-are-control-planes', fault: 'etcd-extra-member' },
  { fails: 'etcd-quorum', fault: 'etcd-partitioned' },
  { fails: 'etcd-leader@cp-2', fault: 'etcd-hung', node: 'cp-2' },
  { fails: 'etcd-learners@cp-2', fault: 'etcd-learner', node: 'cp-2' },
  { fails: 'etcd-alarms', fault: 'etcd-alarm-nospace', node: 'cp-2' },
  { fails: 'kubespan@worker-1', fault: 'kubespan-peer-down', node: 'worker-1' },
  { fails: 'etcd-size@cp-1', fault: 'etcd-nearly-full', node: 'cp-1' },
  { fails: 'etcd-size@cp-3', fault: 'etcd-lags', node: 'cp-3' },
  { fails: 'api-server-ready@cp-2', fault: 'apiserver-crash-loop', node: 'cp-2' },
  { fails: 'api-server-ready@cp-2', fault: 'apiserver-readyz-unnoticed', node: 'cp-2' },
  { fails: 'api-server-ready@cp-3', fault: 'apiserver-hangs', node: 'cp-3' },
  { fails: 'api-server-ready@cp-2', fault: 'apiserver-port-closed', node: 'cp-2' },
  { fails: 'api-server-ready@cp-3', fault: 'apiserver-packets-vanish', node: 'cp-3' },
  { fails: 'kubeprism@worker-1', fault: 'kubeprism-cut-off', node: 'worker-1' },
  { fails: 'kubeprism@cp-2', fault: 'kubeprism-cut-off', node: 'cp-2' },
  { fails: 'control-plane-components@cp-3', fault: 'scheduler-crash-loop', node: 'cp-3' },
  { fails: 'node-registered@worker-1', fault: 'node-unregistered', node: 'worker-1' },
  { fails: 'node-registered@cp-3', fault: 'node-unregistered', node: 'cp-3' },
  { fails: 'node-registered@worker-2', fault: 'node-unseen-by-talos', node: 'worker-2' },
  { fails: 'node-ready@worker-1', fault: 'node-not-ready', node: 'worker-1' },
  { fails: 'node-schedulable@worker-2', fault: 'node-cordoned', node: 'worker-2' },
  { fails: 'version-skew', fault: 'kubelet-other-version', node: 'worker-1' },
  { fails: 'version-skew', fault: 'control-plane-other-version', node: 'cp-2' },
  { fails: 'static-pods@cp-2', fault: 'static-pod-crash-loop', node: 'cp-2' },
];

/** The same for checks that use the Kubernetes API. */
const adminRows: readonly Row[] = [
  { fails: 'kubernetes-api', fault: 'kubernetes-unauthorized' },
  {
    fails: 'kubernetes-api',
    fault: 'kubernetes-forbidden',
    access: (cluster) => ({ inputs: { kubeconfig: cluster.kubeconfig() } }),
  },
  { fails: 'no-unexpected-nodes', fault: 'kubernetes-extra-node' },
  { fails: 'kube-proxy', fault: 'kube-proxy-not-ready', node: 'worker-1' },
  { fails: 'coredns', fault: 'coredns-not-ready' },
  { fails: 'coredns', fault: 'coredns-one-short' },
];

// etcd that hangs is noticed by its own answers long before Talos reports the service as unhealthy.
const start = (): Promise<SimulatedCluster> => startCluster({ etcdHealthLagMs: 60_000 });

const admin = (): Access => ({ role: 'os:admin' });

const callers: Readonly<Record<string, readonly Row[]>> = {
  'a reader': rows,
  // With access to the Kubernetes API, the same check reports the fault.
  'an admin': [
    ...rows.filter(({ access }) => access === undefined).map((row): Row => ({ ...row, access: admin })),
    ...adminRows.map((row): Row => ({ access: admin, ...row })),
  ],
};

// Concurrently, each on its own cluster: most of the time is spent waiting for silent nodes.
describe('a fault fails its check alone', { concurrency: true }, () => {
  for (const [caller, cases] of Object.entries(callers)) {
    describe(`for ${caller}`, { concurrency: 1 }, () => {
      let cluster: SimulatedCluster;
      before(async () => {
        cluster = await start();
      });
      after(() => cluster.stop());
      afterEach(() => cluster.healAll());

      for (const { fails, fault, node, args, access } of cases) {
        test(`${fault ?? 'nothing'}${node === undefined ? '' : ` on ${node}`}: ${fails} fails alone, and passes when it is over`, async () => {
          const handle = fault && (await cluster.fault(fault, node, args));
          const { findings } = await observeOnce(cluster, access?.(cluster));
          assert.deepEqual(having(findings, 'pending', 'fail'), [fails]);
          for (const { check, blockedBy } of findings.filter(({ status }) => status === 'blocked')) {
            const by = blockedBy?.node === undefined ? blockedBy?.check : `${blockedBy.check}@${blockedBy.node}`;
            assert.equal(by, fails, `${check} is blocked by something else`);
          }
          await handle?.heal();
          assert.deepEqual(having((await observeOnce(cluster)).findings, 'pending', 'fail'), []);
        });
      }
    });
  }
});

interface Warning {
  /** The only check that warns. */
  readonly warns: string;
  readonly fault: FaultName;
  readonly node?: string;
  readonly args?: FaultArguments;
}

/** Faults that leave the cluster healthy, unless the profile is strict. */
const warnings: readonly Warning[] = [
  { warns: 'clock@worker-1', fault: 'clock-off', node: 'worker-1', args: { milliseconds: 5000 } },
  { warns: 'clock@worker-1', fault: 'clock-uncertain', node: 'worker-1' },
  { warns: 'clock@cp-2', fault: 'time-sync-off', node: 'cp-2' },
  { warns: 'services@worker-1', fault: 'service-crash-loop', node: 'worker-1', args: { service: 'ext-tailscale' } },
  { warns: 'disk-usage@worker-1', fault: 'disk-full', node: 'worker-1', args: { percent: 90 } },
  { warns: 'volumes@worker-1', fault: 'raid-rebuilding', node: 'worker-1' },
  { warns: 'volumes@worker-1', fault: 'raid-growing', node: 'worker-1' },
  { warns: 'image-cache@worker-1', fault: 'image-cache-not-ready', node: 'worker-1' },
  { warns: 'image-cache@worker-1', fault: 'image-cache-copying', node: 'worker-1' },
  { warns: 'siderolink@worker-1', fault: 'siderolink-down', node: 'worker-1' },
  { warns: 'extensions@cp-2', fault: 'without-extensions', node: 'cp-2' },
  { warns: 'extensions@cp-3', fault: 'other-schematic', node: 'cp-3' },
  { warns: 'etcd-size@cp-1', fault: 'etcd-nearly-full', node: 'cp-1', args: { mebibytes: 1700 } },
  { warns: 'etcd-size@cp-2', fault: 'etcd-fragmented', node: 'cp-2' },
  { warns: 'etcd-versions', fault: 'etcd-older-version', node: 'cp-3' },
  { warns: 'certificates', fault: 'apid-certificate-expiring', node: 'cp-1' },
  { warns: 'certificates', fault: 'apiserver-certificate-expiring', node: 'cp-3' },
  { warns: 'version-skew', fault: 'other-talos-version', node: 'worker-1' },
  { warns: 'version-skew', fault: 'control-plane-other-version', node: 'cp-2', args: { message: 'v1.38.0' } },
  { warns: 'version-skew', fault: 'kubelet-other-version', node: 'worker-1', args: { message: 'v1.32.9' } },
];

describe('a fault that only warns', { concurrency: 1 }, () => {
  let cluster: SimulatedCluster;
  before(async () => {
    cluster = await start();
  });
  after(() => cluster.stop());
  afterEach(() => cluster.healAll());

  for (const { warns, fault, node, args } of warnings) {
    test(`${fault}: ${warns} warns, and fails with the profile strict`, async () => {
      await cluster.fault(fault, node, args);
      const { findings } = await observeOnce(cluster);
      assert.deepEqual([having(findings, 'warn'), having(findings, 'pending', 'fail')], [[warns], []]);
      const strict = await observeOnce(cluster, { inputs: { profile: 'strict' } });
      assert.deepEqual([having(strict.findings, 'warn'), having(strict.findings, 'pending', 'fail')], [[], [warns]]);
    });
  }
});

const isNoFault = ({ description }: Fault): boolean => description.includes('that is no fault');

test('what is no fault is no finding', async () => {
  await using cluster = await startCluster({ vip: true });
  for (const name of Object.keys(faults).filter((one) => isNoFault(faults[one as FaultName]))) {
    const { target } = faults[name as FaultName];
    const handle = await cluster.fault(name as FaultName, target === 'cluster' ? undefined : 'cp-2');
    const { findings } = await observeOnce(cluster, { role: 'os:admin' });
    assert.deepEqual([name, having(findings, 'warn', 'pending', 'fail')], [name, []]);
    await handle.heal();
  }
});

/** Two are played in `machines.test.ts`; of the others, `api-server-ready` and `control-plane-components` find the fault first. */
const playedElsewhere = ['identity', 'etcd-peer-addresses', 'api-server-endpoint', 'control-plane-pods'];

test('every check has a fault of the simulated cluster that it finds', () => {
  const found = new Set([
    ...[...rows, ...adminRows].map(({ fails }) => fails.split('@')[0]),
    ...warnings.map(({ warns }) => warns.split('@')[0]),
  ]);
  const missing = registry.filter(({ id, enabled }) => enabled === undefined && !found.has(id));
  assert.deepEqual(
    missing.map(({ id }) => id),
    playedElsewhere,
  );
});

test('a time server that does not answer its node is no finding', async () => {
  await using cluster = await start();
  await cluster.fault('time-server-unreachable', 'worker-1');
  assert.deepEqual(having((await observeOnce(cluster)).findings, 'warn', 'pending', 'fail'), []);
});

/** The facets that are read from a healthy node, without those that the answer to another call implies. */
function facetsReadFrom(role: Role): readonly NodeFacetName[] {
  const wanted: ReadonlySet<string> = wantedFacets(registry, options);
  return nodeFacetNames.filter((name) => {
    const { implied, impliedIf } = nodeFacet(name);
    const isRead =
      implied === undefined || impliedIf === 'large' || !wanted.has(implied.from) || (implied.role ?? role) !== role;
    return wanted.has(name) && concerns(name, role) && isRead;
  });
}

/** Calls of a facet, where it is not one. */
const callsOf: Readonly<Partial<Record<NodeFacetName, number>>> = { storage: 3 };

/**
 * Calls besides those: the time, which only a node without time synchronisation is not asked for, the member list, also of
 * a control plane that is no endpoint, and the description of an endpoint.
 */
const otherCalls: Readonly<Record<Role, number>> = { worker: 1, controlplane: 3 };

test('a healthy first round reads each facet of each node once', async () => {
  await using cluster = await start();
  cluster.resetCalls();
  await observeOnce(cluster);
  for (const { name, role } of cluster.nodes) {
    const calls = cluster.calls.filter((call) => call.node === name).reduce((sum, { count }) => sum + count, 0);
    const ofFacets = facetsReadFrom(role).reduce((sum, facet) => sum + (callsOf[facet] ?? 1), 0);
    const most = ofFacets + otherCalls[role];
    assert.ok(calls <= most, `${name}: ${calls} calls, at most ${most}`);
  }
});
