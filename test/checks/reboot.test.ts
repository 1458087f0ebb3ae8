import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluate } from '../../src/gate/evaluate.ts';
import { isHealthy } from '../../src/gate/verdict.ts';
import type { CheckOptions } from '../../src/inputs/options.ts';
import type { Cluster } from '../../src/observe/members/cluster.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import type { UpgradeState } from '../../src/talos/model/upgrade.ts';
import { findingLine, options } from '../builders/evaluate.ts';
import {
  etcdIs,
  type Fault,
  facetFailed,
  facetNames,
  onEveryNode,
  onNode,
  serviceIs,
  stage,
  unreachable,
  withFaults,
} from '../builders/faults.ts';
import { disruptionBudget, inKubernetes, kubernetesNodeIs, placedPod, withKubernetes } from '../builders/kubernetes.ts';
import { singleFaults } from '../builders/single-faults.ts';
import { failed, healthySnapshot, ok, staticPod } from '../builders/snapshot.ts';

const rebooting = (...safeToReboot: readonly string[]): Partial<CheckOptions> => ({ safeToReboot });

function isSafe(snapshot: Snapshot, ...nodes: readonly string[]): boolean {
  return isHealthy(evaluate(snapshot, { ...options, ...rebooting(...nodes) }));
}

const line = (snapshot: Snapshot, check: string, ...nodes: readonly string[]): string =>
  findingLine(snapshot, check, undefined, rebooting(...nodes));

const seen = (...faults: readonly Fault[]): Snapshot => withFaults(healthySnapshot(), ...faults);
const withApi = (...faults: readonly Fault[]): Snapshot => withFaults(withKubernetes(healthySnapshot()), ...faults);

const cordoned = (node: string): Fault =>
  onNode(node, () => ({ nodeStatuses: ok([{ nodename: node, ready: true, unschedulable: true }]) }));

test('in a healthy cluster each node may go down, alone', () => {
  for (const snapshot of [seen(), withApi()]) {
    for (const { name, nodeId = '', address } of snapshot.cluster.nodes) {
      for (const entry of [name, nodeId, address]) assert.ok(isSafe(snapshot, entry), entry);
    }
    assert.ok(isSafe(snapshot, 'cp-1', 'worker-1'));
  }
});

test('an entry that names no node, or two, is a reason; a second name of a node is none', () => {
  assert.equal(
    line(seen(), 'reboot-target', 'worker-9'),
    'pending: worker-9 is no node of the cluster, which has cp-1, cp-2, cp-3, worker-1, worker-2',
  );
  assert.ok(!isSafe(seen(), 'worker-1', 'worker-9'));
  assert.equal(line(seen(), 'reboot-target', 'cp-2', '10.0.0.2'), 'pass: cp-2');
  const shared: Fault = (snapshot) => ({
    ...snapshot,
    cluster: {
      ...snapshot.cluster,
      nodes: snapshot.cluster.nodes.map((node) => ({ ...node, addresses: [...node.addresses, '10.0.0.100'] })),
    },
  });
  assert.match(line(seen(shared), 'reboot-target', '10.0.0.100'), /^pending: 10\.0\.0\.100 names cp-1 and cp-2 and /);
});

/** How many of how many control planes may go, by the quorum of etcd. */
const quorums: readonly (readonly [controlPlanes: number, mayGo: number])[] = [
  [1, 0],
  [2, 0],
  [3, 1],
  [4, 1],
  [5, 2],
];

for (const [controlPlanes, mayGo] of quorums) {
  test(`of ${controlPlanes} control planes ${mayGo} may go at once`, () => {
    const snapshot = healthySnapshot({ controlPlanes });
    const names = snapshot.cluster.nodes.filter(({ role }) => role === 'controlplane').map(({ name }) => name);
    for (let going = 1; going <= controlPlanes; going += 1) {
      assert.equal(isSafe(snapshot, ...names.slice(0, going)), going <= mayGo, `${going}`);
      assert.equal(isSafe(withKubernetes(snapshot), ...names.slice(0, going)), going <= mayGo, `${going}`);
    }
    assert.ok(isSafe(snapshot, 'worker-1'));
  });
}

test('the last worker, and all workers at once, may not go', () => {
  assert.match(
    line(healthySnapshot({ workers: 1 }), 'reboot-others', 'worker-1'),
    /^pending: no other worker remains /,
  );
  assert.match(
    line(seen(), 'reboot-others', 'worker-1', 'worker-2'),
    /^pending: no other worker remains that is ready$/,
  );
});

test('reboot-etcd says which member cannot be counted on', () => {
  const of = (...faults: readonly Fault[]) => line(seen(...faults), 'reboot-etcd', 'cp-1');
  assert.equal(of(), 'pass: 2 of 3 voting members remain, and have caught up');
  assert.equal(
    of(etcdIs('cp-2', { raft: { index: 199_676, applied: 199_676 } })),
    'pending: without cp-1: 1 of 3 voting members of etcd remain, and quorum needs 2; etcd member cp-2: it is catching up: 324 entries behind',
  );
  assert.match(
    of(etcdIs('cp-3', { raft: { index: 200_000, applied: 198_986 } })),
    /cp-3: it is catching up: 1014 entries behind$/,
  );
  assert.match(
    of(etcdIs('cp-1', { raft: { index: 207_976, applied: 207_976 } })),
    /cp-2: it is catching up: 7976 entries /,
  );
  assert.match(of(etcdIs('cp-2', { errors: ['memberID:2 alarm:NOSPACE', 'too slow'] })), /cp-2: it reports too slow$/);
  const withoutRaft = onNode('cp-2', () => ({
    etcdStatus: ok({ memberId: 'e2', leader: 'e1', errors: [], isLearner: false }),
  }));
  assert.match(of(withoutRaft), /cp-2: cannot tell whether it has caught up$/);
  assert.equal(of(etcdIs('cp-1', { leader: 'e9' })), 'pass: 2 of 3 voting members remain, and have caught up');
  assert.match(of(onNode('cp-3', () => ({ etcdMembers: failed() }))), /cannot tell whom cp-3 has as members of etcd$/);
});

test('a learner does not count, neither as a member that remains nor as one that must', () => {
  const members = (learner: string) =>
    onEveryNode(({ etcdMembers }) =>
      etcdMembers.ok
        ? { etcdMembers: ok(etcdMembers.value.map((one) => ({ ...one, isLearner: one.id === learner }))) }
        : {},
    );
  const snapshot = seen(members('e3'), etcdIs('cp-3', { isLearner: true }));
  assert.match(line(snapshot, 'reboot-etcd', 'cp-3'), /^pass: 2 of 2 voting members remain/);
  assert.match(line(snapshot, 'reboot-etcd', 'cp-1'), /^pending: without cp-1: 1 of 2 voting members of etcd remain/);
});

test('reboot-api-server: a server that does not say that it serves does not remain', () => {
  const silent = { kind: 'timeout', layer: 'node' } as const;
  const others = ['cp-2', 'cp-3'];
  const hanging = others.map((name) => onNode(name, () => ({ apiServer: failed(silent) })));
  assert.match(
    line(seen(...hanging), 'reboot-api-server', 'cp-1'),
    /^blocked by api-server-ready cp-2: without cp-1 no kube-apiserver remains that is known to serve \(cp-2: kube-apiserver hangs: .*; cp-3: /,
  );
  assert.equal(line(seen(...hanging), 'reboot-api-server', 'worker-1'), 'pass: no control plane is among them');
  assert.match(line(seen(hanging[0] as Fault), 'reboot-api-server', 'cp-1'), /^pass: kube-apiserver remains on cp-3$/);
});

test('reboot-api-server: a closed /readyz is an answer, an address that may lead elsewhere none, unless the pod is probed', () => {
  const closed = onEveryNode(({ apiServer }) =>
    apiServer === undefined ? {} : { apiServer: ok({ url: '', status: 401, body: '' }) },
  );
  assert.ok(isSafe(seen(closed), 'cp-1'));
  const elsewhere = onEveryNode(({ apiServerWay }) =>
    apiServerWay === undefined ? {} : { apiServerWay: { ...apiServerWay, talosPort: false } },
  );
  assert.match(line(seen(elsewhere), 'reboot-api-server', 'cp-1'), /\(cp-2: cannot tell whether it serves: /);
  const probed = onEveryNode(({ staticPods }) => ({
    staticPods: staticPods.ok ? ok(staticPods.value.map(({ id }) => staticPod(id, { probed: true }))) : staticPods,
  }));
  assert.ok(isSafe(seen(elsewhere, probed), 'cp-1'));
  assert.match(
    line(
      seen(elsewhere, probed, ...['cp-2', 'cp-3'].map((name) => serviceIs(name, 'kubelet', { health: 'unhealthy' }))),
      'reboot-api-server',
      'cp-1',
    ),
    /cp-2: its kubelet, which reports the pod, is not well/,
  );
});

test('reboot-others: a node that is down, cordoned or in the middle of something stays the only one', () => {
  const of = (...faults: readonly Fault[]) => line(seen(...faults), 'reboot-others', 'worker-1');
  assert.match(
    of(unreachable('worker-2')),
    /^blocked by api-reachable worker-2: worker-2 does not answer; no other worker /,
  );
  assert.match(of(cordoned('cp-3')), /^blocked by node-schedulable cp-3: cp-3 is cordoned$/);
  assert.match(of(stage('cp-2', 'upgrading')), /^blocked by boot-finished cp-2: cp-2 is upgrading$/);
  assert.equal(of(), 'pass: 4 other nodes are up');
});

test('reboot-others: policies do not change it, except that cordoned nodes may be ignored', () => {
  const relaxed: Partial<CheckOptions> = { minHealthyWorkers: { count: 1 }, cordoned: 'warn' };
  const of = (fault: Fault, given: Partial<CheckOptions>) =>
    isHealthy(evaluate(seen(fault), { ...options, ...given, ...rebooting('cp-1') }));
  assert.equal(of(unreachable('worker-2'), relaxed), false);
  assert.equal(of(cordoned('worker-2'), relaxed), false);
  assert.equal(of(cordoned('worker-2'), { cordoned: 'ignore' }), true);
  assert.equal(of(unreachable('worker-2'), { expected: { workers: 1 } }), true);
});

test('reboot-others: without knowing the workers nobody can tell', () => {
  const unknown: Fault = (snapshot) => ({
    ...snapshot,
    cluster: { ...snapshot.cluster, workersKnown: false, source: 'endpoint' },
  });
  assert.match(line(seen(unknown), 'reboot-others', 'cp-1'), /^pending: cannot tell which workers there are besides$/);
});

test('reboot-others: lists of nodes must not leave out what discovery names, or name no worker without it', () => {
  const given =
    (changed: Partial<Cluster>): Fault =>
    (snapshot) => ({
      ...snapshot,
      cluster: { ...snapshot.cluster, source: 'given', ...changed },
    });
  const of = (...faults: readonly Fault[]) => line(seen(...faults), 'reboot-others', 'cp-1');
  assert.match(of(given({})), /^pass: /);
  assert.match(of(given({ leftOut: [] })), /^pass: /);
  assert.equal(
    of(given({ leftOut: ['worker-3 (10.0.1.3)'] })),
    'pending: worker-3 (10.0.1.3) is not among the given nodes, and not judged',
  );
  const controlPlanes = healthySnapshot({ workers: 0 });
  const without = (changed: Partial<Cluster>) =>
    line(withFaults(controlPlanes, given(changed)), 'reboot-others', 'cp-1');
  assert.match(without({}), /^pending: cannot tell which workers there are besides$/);
  assert.match(without({ leftOut: [] }), /^pass: /);
});

test('what the node itself does is let finish; its other faults do not count', () => {
  for (const doing of ['booting', 'installing', 'upgrading', 'resetting', 'rebooting', 'shutting down'] as const) {
    assert.match(
      line(seen(stage('worker-1', doing)), 'reboot-target', 'worker-1'),
      new RegExp(`worker-1 is ${doing}: let`),
    );
  }
  assert.match(
    line(seen(facetFailed('cp-2', 'machineStatus')), 'reboot-target', 'cp-2'),
    /^pending: cannot tell whether cp-2 is in the middle of an upgrade: deadline exceeded$/,
  );
  assert.ok(isSafe(seen(unreachable('worker-1')), 'worker-1'));
  assert.ok(isSafe(seen(unreachable('cp-2')), 'cp-2'));
  assert.ok(!isSafe(seen(unreachable('cp-2')), 'cp-2', 'cp-3'));
  assert.ok(isSafe(withApi(cordoned('worker-1'), kubernetesNodeIs('worker-1', { unschedulable: true })), 'worker-1'));
});

const due = (node: string): Fault => onNode(node, () => ({ rebootRequest: ok([true]) }));
const metaHas = (node: string, upgrade: UpgradeState): Fault => onNode(node, () => ({ upgrade: ok(upgrade) }));

test('an upgrade that is half done is a reason, on a node that goes and on one that stays', () => {
  const of = (fault: Fault) => line(seen(fault), 'reboot-target', 'worker-1');
  assert.equal(
    of(metaHas('worker-1', { fallback: 'A' })),
    'pending: an upgrade of worker-1 is not confirmed: if its next boot fails, it goes back to the boot entry A',
  );
  assert.equal(
    of(metaHas('worker-1', { staged: 'ghcr.io/siderolabs/installer:v1.14.1', fallback: 'A' })),
    'pending: an upgrade is staged on worker-1, and its next boot installs it: ghcr.io/siderolabs/installer:v1.14.1',
  );
  assert.equal(
    of(facetFailed('worker-1', 'upgrade')),
    'pending: cannot tell whether an upgrade of worker-1 is half done: deadline exceeded',
  );
  const refused = failed({ kind: 'not-authorized', layer: 'caller' });
  assert.equal(of(onNode('worker-1', () => ({ upgrade: refused }))), 'pass: worker-1');
  const inContainer = onNode('worker-1', ({ version }) => ({
    version: version.ok ? ok({ ...version.value, mode: 'container' }) : version,
    upgrade: failed(),
  }));
  assert.equal(of(inContainer), 'pass: worker-1');
  for (const other of ['cp-1', 'worker-2']) {
    assert.ok(!isSafe(seen(metaHas(other, { fallback: 'A' })), 'worker-1'), other);
    assert.ok(!isSafe(seen(due(other)), 'worker-1'), other);
  }
  const tolerant: Partial<CheckOptions> = { minHealthyWorkers: { count: 1 }, ...rebooting('cp-1') };
  for (const fault of [metaHas('worker-2', { fallback: 'A' }), due('worker-2'), facetFailed('worker-2', 'upgrade')]) {
    assert.equal(isHealthy(evaluate(seen(fault), { ...options, ...tolerant })), false);
  }
  assert.match(
    line(seen(due('worker-2')), 'reboot-others', 'cp-1'),
    /^blocked by reboot-due worker-2: worker-2 is due for a reboot$/,
  );
  assert.ok(isSafe(seen(due('worker-1')), 'worker-1'));
});

test('beside upgrade-to, a node that goes down has to be able to go there', () => {
  const isReady = (upgrade: CheckOptions['upgrade'], ...faults: readonly Fault[]) =>
    isHealthy(evaluate(seen(...faults), { ...options, ...rebooting('worker-1'), ...(upgrade && { upgrade }) }));
  assert.ok(isReady({ talos: '1.14.2' }));
  assert.ok(!isReady({ talos: '1.17.0', kubernetes: '1.40.0' }));
  const old = onNode('worker-1', ({ version }) => ({
    version: version.ok ? ok({ ...version.value, tag: 'v1.10.4' }) : version,
  }));
  assert.ok(!isReady({ talos: '1.14.2' }, old));
  assert.ok(!isReady({ talos: '1.14.2' }, unreachable('worker-1')));
  assert.ok(isReady(undefined, unreachable('worker-1')));
});

/** What is in Kubernetes besides, and what reboot-pods says of worker-1 and worker-2 going down. */
const pods: readonly (readonly [name: string, message: RegExp, Fault])[] = [
  [
    'a budget that none may go',
    /^pending: PodDisruptionBudget shop\/web lets none of its pods go, and 1 pod would$/,
    inKubernetes(() => ({ budgets: ok([disruptionBudget('web', 0)]) })),
  ],
  [
    'a budget of another namespace',
    /^pass: /,
    inKubernetes(() => ({ budgets: ok([disruptionBudget('web', 0, { namespace: 'other' })]) })),
  ],
  [
    'a budget without a selector',
    /^pass: /,
    inKubernetes(() => ({ budgets: ok([(({ selector: _, ...budget }) => budget)(disruptionBudget('web', 0))]) })),
  ],
  [
    'a budget that selects everything',
    /^pending: /,
    inKubernetes(() => ({ budgets: ok([disruptionBudget('x', 0, { selector: { labels: {}, requirements: [] } })]) })),
  ],
  [
    'a budget by an expression',
    /^pending: /,
    inKubernetes(() => ({
      budgets: ok([
        disruptionBudget('x', 0, {
          selector: { labels: {}, requirements: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] },
        }),
      ]),
    })),
  ],
  [
    'a budget by an expression that does not hold',
    /^pass: /,
    inKubernetes(() => ({
      budgets: ok([
        disruptionBudget('x', 0, {
          selector: { labels: { app: 'web' }, requirements: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
        }),
      ]),
    })),
  ],
  [
    'a budget that its controller has not seen',
    /^pending: cannot tell what PodDisruptionBudget shop\/web allows/,
    inKubernetes(() => ({ budgets: ok([disruptionBudget('web', 5, { upToDate: false })]) })),
  ],
  [
    'a pod without a controller',
    /^pending: nothing would make shop\/lonely again$/,
    inKubernetes(() => ({ allPods: ok([placedPod('lonely', 'worker-1', { managed: false })]) })),
  ],
  [
    'one that has ended',
    /^pass: 0 pods may go$/,
    inKubernetes(() => ({ allPods: ok([placedPod('lonely', 'worker-1', { managed: false, ended: true })]) })),
  ],
  [
    'one elsewhere',
    /^pass: 0 pods may go$/,
    inKubernetes(() => ({ allPods: ok([placedPod('lonely', 'cp-1', { managed: false })]) })),
  ],
  [
    'no right to list budgets',
    /^pending: cannot tell which pods would go: the PodDisruptionBudgets could not be read: /,
    inKubernetes(() => ({ budgets: failed({ kind: 'not-authorized', layer: 'caller', message: 'HTTP 403' }) })),
  ],
  [
    'pods of an earlier answer',
    /^pending: cannot tell which pods would go: the pods of all namespaces could not be read/,
    inKubernetes(() => ({ allPods: { ...failed(), last: [] } })),
  ],
];

for (const [name, message, fault] of pods) {
  test(`reboot-pods: ${name}`, () => assert.match(line(withApi(fault), 'reboot-pods', 'worker-1'), message));
}

test('reboot-pods: nodes that go down together use up a budget together', () => {
  const workers = healthySnapshot({ workers: 3 });
  const one = inKubernetes(() => ({ budgets: ok([disruptionBudget('web', 1)]) }));
  const snapshot = withFaults(withKubernetes(workers), one);
  assert.match(line(snapshot, 'reboot-pods', 'worker-1'), /^pass: 1 pod may go$/);
  assert.match(
    line(snapshot, 'reboot-pods', 'worker-1', 'worker-2'),
    /^pending: PodDisruptionBudget shop\/web lets 1 of its pods go, and 2 pods would$/,
  );
  assert.match(line(workers, 'reboot-pods', 'worker-1', 'worker-2'), /^skip: needs Kubernetes access: /);
});

const names = healthySnapshot().cluster.nodes.map(({ name }) => name);
const going = fc.subarray(names, { minLength: 1 });
const some = fc.subarray([...singleFaults], { maxLength: 3 });

test('law: with a fault of another node or of the cluster no node may go', () => {
  fc.assert(
    fc.property(going, some, (nodes, faults) => {
      const isElsewhere = faults.some(({ node }) => node === undefined || !nodes.includes(node));
      const snapshot = withApi(...faults.map(({ fault }) => fault));
      assert.ok(!isElsewhere || !isSafe(snapshot, ...nodes), `${nodes} with ${faults.map(({ name }) => name)}`);
    }),
    { numRuns: 100 },
  );
});

test('law: what may go down leaves a quorum of voters that answer, and one ready node of each role', () => {
  fc.assert(
    fc.property(going, some, (nodes, faults) => {
      const snapshot = withApi(...faults.map(({ fault }) => fault));
      if (!isSafe(snapshot, ...nodes)) return;
      const left = snapshot.nodes.filter(({ node }) => !nodes.includes(node.name));
      const voting = left.filter(({ etcdStatus }) => etcdStatus.ok && !etcdStatus.value.isLearner);
      assert.ok(voting.length >= 2, `${voting.length} voters left without ${nodes}`);
      for (const role of ['controlplane', 'worker']) {
        assert.ok(
          left.some(({ node, nodeStatuses }) => node.role === role && nodeStatuses.ok && nodeStatuses.value[0]?.ready),
        );
      }
    }),
    { numRuns: 100 },
  );
});

test('law: fewer nodes that go down are never less safe, if none of them has a fault', () => {
  fc.assert(
    fc.property(going, some, (nodes, faults) => {
      const isOwn = faults.some(({ node }) => node !== undefined && nodes.includes(node));
      const snapshot = withApi(...faults.map(({ fault }) => fault));
      if (isOwn || !isSafe(snapshot, ...nodes)) return;
      for (const node of nodes) assert.ok(isSafe(snapshot, node), `${node} of ${nodes}`);
    }),
    { numRuns: 100 },
  );
});

test('law: answers of the other nodes that are lost never make it safe', () => {
  const snapshot = withApi();
  const places = snapshot.nodes.flatMap((node) => facetNames(node).map((facet) => [node.node.name, facet] as const));
  fc.assert(
    fc.property(going, fc.subarray(places, { minLength: 1, maxLength: 6 }), some, (nodes, lost, faults) => {
      const before = withApi(...faults.map(({ fault }) => fault));
      const silent = withFaults(before, ...lost.map(([node, facet]) => facetFailed(node, facet)));
      const concerned = lost.filter(([node]) => !nodes.includes(node));
      assert.ok(
        isSafe(before, ...nodes) || concerned.length === 0 || !isSafe(silent, ...nodes),
        `${nodes} without ${lost}`,
      );
    }),
    { numRuns: 100 },
  );
});
