import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluate } from '../../src/gate/evaluate.ts';
import { failedStage, verdict } from '../../src/gate/verdict.ts';
import { findingsWith, line, options, subject, unresolved } from '../builders/evaluate.ts';
import {
  etcdHung,
  etcdLeaderless,
  etcdStopped,
  type Fault,
  onEveryNode,
  onNode,
  podIs,
  serviceIs,
  stage,
  unreachable,
  withFaults,
  withoutService,
} from '../builders/faults.ts';
import { failed, healthySnapshot, noKubernetes, ok } from '../builders/snapshot.ts';

const names = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'];
const now = { deadlinePassed: false, cancelled: false };

/** Without Kubernetes Talos runs etcd and its own services, and nothing else. */
const withoutKubernetes: Fault = (snapshot) =>
  withFaults(
    snapshot,
    ...names.map((name) => withoutService(name, 'kubelet')),
    onEveryNode((node) => ({
      nodeStatuses: ok([]),
      staticPods: ok([]),
      staticPodStatuses: ok([]),
      ...(node.apiServer === undefined ? {} : { apiServer: failed({ kind: 'refused' }), disabledComponents: ok([]) }),
    })),
  );

/** Before bootstrap etcd prepares, its calls hang, and no static pod is wanted yet. */
const notBootstrapped: Fault = (snapshot) =>
  withFaults(
    snapshot,
    ...['cp-1', 'cp-2', 'cp-3'].flatMap((name) => [
      stage(name, 'booting', { name: 'services', reason: 'etcd not running' }),
      serviceIs(name, 'etcd', { state: 'Preparing', health: 'unknown', lastEvent: 'Running pre state' }),
      onNode(name, () => ({
        etcdMembers: failed(),
        etcdStatus: failed(),
        etcdAlarms: failed(),
        staticPods: ok([]),
        staticPodStatuses: ok([]),
        apiServer: failed({ kind: 'refused' }),
      })),
    ]),
    onEveryNode(() => ({ nodeStatuses: ok([]) })),
  );

test('before bootstrap only the boot of the control planes is unresolved', () => {
  const findings = findingsWith(notBootstrapped);
  assert.deepEqual(unresolved(findings), ['boot-finished cp-1', 'boot-finished cp-2', 'boot-finished cp-3']);
  assert.equal(
    line(findings, 'boot-finished', 'cp-1'),
    'pending: the machine is booting: etcd is Preparing: Running pre state',
  );
  assert.equal(
    line(findings, 'etcd-service', 'cp-1'),
    'blocked by boot-finished cp-1: etcd is Preparing: Running pre state',
  );
  assert.equal(
    line(findings, 'etcd-quorum'),
    'blocked by boot-finished cp-1: 0 of 3 voting members agree on a leader; quorum needs 2; not among them: cp-1, cp-2, cp-3',
  );
  assert.equal(
    line(findings, 'node-registered', 'worker-1'),
    'blocked by boot-finished cp-1: Kubernetes has the node worker-1 Ready, and Talos does not see it',
  );
});

test('two stopped etcds are unresolved with the lost quorum, the third one is blocked', () => {
  const findings = findingsWith(
    etcdStopped('cp-2'),
    etcdStopped('cp-3'),
    etcdLeaderless('cp-1'),
    serviceIs('cp-1', 'etcd', { health: 'unhealthy', healthMessage: 'context deadline exceeded' }),
    podIs('cp-1', 'kube-apiserver', { ready: false }),
    podIs('cp-2', 'kube-apiserver', { ready: false }),
    podIs('cp-3', 'kube-apiserver', { ready: false }),
  );
  assert.deepEqual(unresolved(findings), ['etcd-service cp-2', 'etcd-service cp-3', 'etcd-quorum']);
  assert.equal(
    line(findings, 'etcd-quorum'),
    'pending: 0 of 3 voting members agree on a leader; quorum needs 2; not among them: cp-1, cp-2, cp-3',
  );
  assert.equal(
    line(findings, 'etcd-service', 'cp-1'),
    'blocked by etcd-quorum: etcd is unhealthy: context deadline exceeded',
  );
  assert.equal(
    line(findings, 'etcd-alarms'),
    'blocked by etcd-quorum: no control plane gives the list of alarms: deadline exceeded',
  );
  assert.equal(line(findings, 'api-server-ready', 'cp-1'), 'blocked by etcd-quorum: kube-apiserver is not ready');
  assert.equal(failedStage(findings), 'etcd');
});

test('two dead control planes are unresolved with the lost quorum', () => {
  const findings = findingsWith(unreachable('cp-2'), unreachable('cp-3'), etcdLeaderless('cp-1'));
  assert.deepEqual(unresolved(findings), ['api-reachable cp-2', 'api-reachable cp-3', 'etcd-quorum']);
});

test('two hung etcds are unresolved with the lost quorum', () => {
  const findings = findingsWith(etcdHung('cp-2'), etcdHung('cp-3'), etcdLeaderless('cp-1'));
  assert.deepEqual(unresolved(findings), ['etcd-quorum', 'etcd-leader cp-2', 'etcd-leader cp-3']);
});

test('a hung etcd on the only control plane is unresolved, and quorum is blocked', () => {
  const findings = evaluate(withFaults(healthySnapshot({ controlPlanes: 1, workers: 0 }), etcdHung('cp-1')), options);
  assert.deepEqual(unresolved(findings), ['etcd-leader cp-1']);
  assert.equal(
    line(findings, 'etcd-quorum'),
    'blocked by etcd-leader cp-1: 0 of 1 voting members agree on a leader; quorum needs 1; not among them: cp-1',
  );
});

test('if every control plane is dead, everything else is blocked', () => {
  const findings = findingsWith(unreachable('cp-1'), unreachable('cp-2'), unreachable('cp-3'));
  assert.deepEqual(unresolved(findings), ['api-reachable cp-1', 'api-reachable cp-2', 'api-reachable cp-3']);
});

test('without a CNI only the nodes are not Ready', () => {
  const findings = findingsWith(
    onEveryNode(({ node }) => ({
      nodeStatuses: ok([{ nodename: node.name, ready: false, unschedulable: false }]),
      machineStatus: ok({
        stage: 'running',
        ready: false,
        unmetConditions: [{ name: 'nodeReady', reason: `node "${node.name}" is not ready` }],
      }),
    })),
  );
  assert.deepEqual(
    unresolved(findings),
    names.map((name) => `node-ready ${name}`),
  );
  assert.equal(failedStage(findings), 'nodes');
});

test('a cluster without Kubernetes skips its checks and is healthy', () => {
  const findings = findingsWith(withoutKubernetes);
  assert.equal(verdict(findings, now), 'healthy');
  assert.deepEqual(
    [...new Set(findings.filter(({ status }) => status !== 'pass').map(({ check, status }) => `${status} ${check}`))],
    [
      'skip api-server-ready',
      'skip api-server-endpoint',
      'skip kubernetes-api',
      'skip kubeprism',
      'skip control-plane-components',
      'skip control-plane-pods',
      'skip node-registered',
      'skip node-ready',
      'skip node-schedulable',
      'skip static-pods',
      'skip no-unexpected-nodes',
      'skip kube-proxy',
      'skip coredns',
    ],
  );
  assert.equal(line(findings, 'node-ready', 'cp-1'), 'skip: Kubernetes is not configured: no node has a kubelet');
});

test('a cluster with an unmet condition about a kubelet has Kubernetes', () => {
  const reason = 'node "worker-1" status is not available yet';
  const findings = findingsWith(withoutKubernetes, stage('worker-1', 'running', { name: 'nodeReady', reason }));
  assert.equal(verdict(findings, now), undefined);
  assert.equal(line(findings, 'services', 'worker-1'), 'pending: kubelet is not among the services');
});

const withoutEtcd: Fault = (snapshot) =>
  withFaults(
    snapshot,
    ...['cp-1', 'cp-2', 'cp-3'].flatMap((name) => [
      withoutService(name, 'etcd'),
      onNode(name, () => ({ etcdMembers: failed(), etcdStatus: failed(), etcdAlarms: failed() })),
    ]),
  );

test('a cluster without etcd skips its checks and is healthy', () => {
  const findings = findingsWith(withoutEtcd);
  assert.equal(verdict(findings, now), 'healthy');
  assert.equal(line(findings, 'etcd-quorum'), 'skip: etcd is not configured: no control plane has it');
  assert.equal(line(findings, 'etcd-leader', 'cp-2'), 'skip: etcd is not configured: no control plane has it');
});

test('etcd is unknown, not skipped, if a control plane does not answer', () => {
  const findings = findingsWith(withoutEtcd, unreachable('cp-3'));
  const words = 'not known whether there is an etcd: not every control plane could be asked';
  assert.deepEqual(unresolved(findings), ['api-reachable cp-3']);
  assert.equal(line(findings, 'etcd-quorum'), `blocked by api-reachable cp-3: ${words}`);
  assert.equal(line(findings, 'etcd-service', 'cp-1'), `blocked by api-reachable cp-3: ${words}`);
});

test('an etcd in an unmet condition is configured even if no list of services has it', () => {
  const findings = findingsWith(
    withoutEtcd,
    stage('cp-1', 'running', { name: 'services', reason: 'etcd not running' }),
  );
  assert.deepEqual(unresolved(findings), ['etcd-service cp-1', 'etcd-service cp-2', 'etcd-service cp-3']);
});

test('a talosconfig with a wrong CA blocks every node', () => {
  const { error: failure } = failed({ kind: 'wrong-ca', layer: 'endpoint' });
  const findings = findingsWith(...names.map((name) => unreachable(name, failure)), (snapshot) => ({
    ...snapshot,
    endpoints: [{ endpoint: '10.0.0.1:50000', state: 'failed', failure }],
    kubernetes: noKubernetes,
  }));
  assert.deepEqual(unresolved(findings), ['credentials']);
  assert.ok(
    findings.every(({ status }) => status !== 'pass' && status !== 'warn'),
    findings.map(subject).join(),
  );
});
