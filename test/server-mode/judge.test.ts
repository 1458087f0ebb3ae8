import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect, isDeepStrictEqual } from 'node:util';
import { registry } from '../../src/checks/registry.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Finding } from '../../src/gate/finding.ts';
import { isHealthy, verdict } from '../../src/gate/verdict.ts';
import type { EndpointSnapshot } from '../../src/observe/snapshot.ts';
import { judge, type Known } from '../../src/server-mode/judge.ts';
import { noProgress } from '../../src/server-mode/progress.ts';
import { talosctlChecks } from '../../src/server-mode/talosctl-checks.ts';
import { options as defaultOptions } from '../builders/evaluate.ts';
import { clusterNode, failed, now, ok } from '../builders/snapshot.ts';
import { having } from '../gate/simulated.ts';
import { failingAt, healthy, heard, streams } from './streams.ts';

const at = (n: number) => ({ address: `127.77.0.${n}`, addresses: [`127.77.0.${n}`] });
const nodes = [
  ...[1, 2, 3].map((n) => clusterNode('controlplane', n, at(n))),
  ...[1, 2].map((n) => clusterNode('worker', n, at(n + 3))),
];
const name = '127.77.0.1:50000';
const endpoint: EndpointSnapshot = { endpoint: name, state: 'used' };

function known(overrides: Partial<Known> = {}): Known {
  return {
    at: now,
    cluster: { nodes, source: 'discovery', workersKnown: true, notes: [] },
    discovery: ok(5),
    endpoints: [endpoint],
    kubernetes: { access: false, why: 'a control plane node asks it', required: false },
    credentials: { roles: ['os:admin'] },
    progress: noProgress,
    server: { name, state: 'running', failures: [] },
    ...overrides,
  };
}

function findings(overrides: Partial<Known>): readonly Finding[] {
  const judged = judge(known(overrides), defaultOptions);
  // Each finding that has not passed has a cause.
  diagnose(judged.findings, judged.snapshot);
  // A blocker is named by check and node only, and is a finding.
  const subjects = judged.findings.map(({ check, node }) => ({ check, ...(node !== undefined && { node }) }));
  for (const { blockedBy } of judged.findings) {
    assert.ok(blockedBy === undefined || subjects.some((one) => isDeepStrictEqual(one, blockedBy)), inspect(blockedBy));
  }
  return judged.findings;
}

const circumstances = { cancelled: false, deadlinePassed: false };

/** The findings at the end of each recorded stream. */
const situations: Readonly<Record<string, readonly string[]>> = {
  healthy: [],
  'kubelet-unhealthy cp-2': ['services@cp-2'],
  'kubelet-not-running worker-1': ['node-ready@worker-1'],
  'node-cordoned worker-1': ['node-schedulable@worker-1'],
  'booting worker-1': ['boot-finished@worker-1'],
  'etcd-stopped cp-2': ['etcd-service@cp-2'],
  'etcd-extra-member': ['etcd-members-are-control-planes'],
  'apiserver-pod-missing cp-2': ['api-server-ready@cp-2'],
  'apiserver-pod-crashloop cp-2': ['api-server-ready@cp-2'],
  'coredns-notready': ['coredns'],
  'cni-none': [],
  'k8s-api-down': ['kubernetes-api'],
  'k8s-extra-node': ['no-unexpected-nodes'],
  'diagnostic-present worker-1': ['diagnostics@worker-1'],
  'low-memory cp-2': ['memory@cp-2'],
  'node-down worker-2': ['api-reachable@worker-2'],
  'caller without os:admin, 1.14': ['credentials'],
  'caller without os:admin, 1.13': ['credentials'],
};

describe('a recorded stream yields only the findings of its check and node', () => {
  for (const { situation, lines, code } of streams.filter((stream) => stream.lines.length > 1)) {
    test(situation, () => {
      const all = findings({
        progress: heard(lines),
        server: { name, state: code === 'OK' ? 'completed' : 'running', failures: [] },
        credentials: { roles: [situation.startsWith('caller without os:admin') ? 'os:reader' : 'os:admin'] },
      });
      const wrong = having(all, 'pending', 'fail');
      assert.deepEqual(wrong, situations[situation]);
      for (const { check, status, blockedBy } of all) {
        assert.equal(blockedBy !== undefined, status === 'blocked', check);
        const by = blockedBy?.node === undefined ? blockedBy?.check : `${blockedBy.check}@${blockedBy.node}`;
        assert.ok(by === undefined || by === wrong[0], `${check} is blocked by ${by}`);
      }
      assert.equal(isHealthy(all), code === 'OK');
    });
  }
});

test('checks before a failing check pass, checks after it are blocked', () => {
  for (const [index, { title, checks }] of talosctlChecks.entries()) {
    const all = findings({ progress: heard(failingAt(title, 'expected something else')) });
    const passed = new Set(all.filter(({ status }) => status === 'pass').map(({ check }) => check));
    for (const later of talosctlChecks.slice(index)) {
      assert.ok(
        !later.checks.some(({ check }) => passed.has(check) && check !== 'server-check'),
        `${title}: ${later.title}`,
      );
    }
    const earlier = talosctlChecks.slice(0, index).flatMap((one) => one.checks.map(({ check }) => check));
    const open = new Set(talosctlChecks.slice(index).flatMap((one) => one.checks.map(({ check }) => check)));
    assert.deepEqual(
      earlier.filter((check) => !open.has(check) && !passed.has(check)),
      [],
      checks[0].check,
    );
  }
});

test('a healthy cluster passes every check of the server on every node in its scope', () => {
  const all = findings({ progress: heard(healthy), server: { name, state: 'completed', failures: [] } });
  assert.equal(verdict(all, circumstances), 'healthy');
  assert.deepEqual(
    having(all, 'pass').filter((one) => one.startsWith('etcd')),
    [
      'etcd-service@cp-1',
      'etcd-service@cp-2',
      'etcd-service@cp-3',
      'etcd-members-consistent@cp-1',
      'etcd-members-consistent@cp-2',
      'etcd-members-consistent@cp-3',
      'etcd-members-are-control-planes',
    ],
  );
  assert.equal(all.find(({ check }) => check === 'server-check')?.message, `${name} ends with 16 checks passed`);
});

test('a cluster is not healthy before the stream ends', () => {
  const all = findings({ progress: heard(healthy) });
  assert.deepEqual(having(all, 'pending'), ['server-check']);
  assert.equal(verdict(all, circumstances), undefined);
});

test('a stream that ends with OK without a required check is not healthy', () => {
  const server = { name, state: 'completed', failures: [] } as const;
  for (const lines of [
    [],
    healthy.slice(0, 1),
    healthy.slice(0, -2),
    healthy.slice(0, -1),
    ['OK'],
    healthy.map((line) => `\u0000${line}`),
  ]) {
    assert.equal(isHealthy(findings({ progress: heard(lines), server })), false, lines.at(-1));
  }
  const cut = findings({ progress: heard(healthy.slice(0, -2)), server });
  assert.deepEqual(having(cut, 'pending'), ['server-check']);
  assert.equal(
    cut.find(({ check }) => check === 'server-check')?.message,
    `${name}: it ended as if all were well, but did not say so of: all k8s nodes to report schedulable`,
  );
});

test('a check that is running is pending', () => {
  const all = findings({ progress: heard(healthy.slice(0, 8)) });
  assert.deepEqual(having(all, 'pending'), ['api-reachable']);
  assert.equal(
    all.find(({ status }) => status === 'pending')?.message,
    'the server is looking: waiting for apid to be ready',
  );
});

test('an unknown check is reported under server-check with the text of the server', () => {
  const lines = [...healthy.slice(0, 9), 'waiting for the moon: ...', 'waiting for the moon: it is new'];
  const all = findings({ progress: heard(lines) });
  assert.deepEqual(having(all, 'pending'), ['server-check']);
  assert.equal(
    all.find(({ check }) => check === 'server-check')?.message,
    `${name} is waiting for the moon: it is new`,
  );
});

test('nodes that only one side knows are reported in the topology', () => {
  const lines = [
    'discovered nodes: ["127.77.0.1" "127.77.0.2" "127.77.0.3" "127.77.0.4" "10.9.9.9"]',
    ...healthy.slice(1),
  ];
  const { snapshot, findings: all } = judge(
    known({ progress: heard(lines), server: { name, state: 'completed', failures: [] } }),
    defaultOptions,
  );
  assert.equal(all.find(({ check }) => check === 'topology')?.status, 'warn');
  assert.equal(
    all.find(({ check }) => check === 'topology')?.message,
    '3 control planes and 3 workers (discovery); 10.9.9.9 is judged by the server, and not known here; worker-2 (127.77.0.5) is known here, and not judged by the server',
  );
  assert.equal(snapshot.nodes.length, 6);
  assert.deepEqual(
    having(
      all.filter(({ node }) => node === 'worker-2'),
      'pass',
    ),
    [],
  );
  assert.ok(having(all, 'pass').includes('node-ready@10.9.9.9'));
});

test('an unreachable node is reported as in client mode', () => {
  const { lines } = streams.find(({ situation }) => situation === 'node-down worker-2') ?? { lines: [] };
  const { snapshot, findings: all } = judge(known({ progress: heard(lines) }), defaultOptions);
  assert.match(
    all.find(({ status }) => status === 'pending')?.message ?? '',
    /^the Talos API refuses connections: connection error: /,
  );
  assert.deepEqual(
    diagnose(all, snapshot).map(({ id, nodes: named }) => [id, named]),
    [['dead-worker', ['worker-2']]],
  );
});

test('an insufficient role ends the wait and is named', () => {
  const { lines } = streams.find(({ situation }) => situation === 'caller without os:admin, 1.14') ?? { lines: [] };
  const { snapshot, findings: all } = judge(
    known({ progress: heard(lines), credentials: { roles: ['os:reader'] } }),
    defaultOptions,
  );
  const [cause] = diagnose(all, snapshot);
  assert.deepEqual([cause?.id, cause?.blames], ['server-role', 'talosconfig']);
  assert.match(cause?.explanation ?? '', /^The certificate is accepted, and its role does not suffice/);
  assert.equal(verdict(all, circumstances), 'error');
  assert.equal(
    all.find(({ status }) => status === 'fail')?.message,
    `the health check of ${name} may do no more than its caller: the client certificate has the role os:reader, it needs os:admin (waiting for etcd to be healthy: not authorized)`,
  );
});

test('PermissionDenied for an os:admin is pending, since apid has just started', () => {
  const { lines } = streams.find(({ situation }) => situation === 'caller without os:admin, 1.14') ?? { lines: [] };
  const { snapshot, findings: all } = judge(
    known({ progress: heard(lines), credentials: { roles: ['os:admin'] } }),
    defaultOptions,
  );
  assert.equal(verdict(all, circumstances), undefined);
  assert.deepEqual(having(all, 'pending', 'fail'), ['etcd-service']);
  assert.ok(diagnose(all, snapshot).every(({ id }) => id !== 'missing-role'));
});

test('an unavailable health check, or one denied to os:reader, is not reported as a missing role', () => {
  const causes = (failure: ReturnType<typeof failed>['error'], roles = ['os:reader']) => {
    const state = { server: { state: 'failed', failures: [{ name, failure }] }, credentials: { roles } } as const;
    const { snapshot, findings: all } = judge(known(state), defaultOptions);
    return [verdict(all, circumstances), ...diagnose(all, snapshot).map(({ id }) => id)];
  };
  assert.deepEqual(causes(failed({ kind: 'unimplemented', code: 'UNIMPLEMENTED', message: 'unknown' }).error), [
    'error',
    'server-check',
  ]);
  const refused = failed({ kind: 'not-authorized', layer: 'caller', message: 'not authorized' }).error;
  assert.deepEqual(causes(refused), [undefined, 'server-check']);
  assert.deepEqual(causes(refused, ['os:etcd:backup']), ['error', 'missing-role']);
});

test('without an endpoint, the endpoints are evaluated as in client mode and the rest is blocked', () => {
  const { error: failure } = failed({ kind: 'refused', layer: 'endpoint', message: 'connect ECONNREFUSED' });
  const all = findings({
    endpoints: [{ endpoint: name, state: 'failed', failure }],
    server: { state: 'failed', failures: [{ name, failure }] },
  });
  assert.deepEqual(having(all, 'pending', 'fail'), ['api-reachable@cp-1']);
  assert.equal(isHealthy(all), false);
  assert.equal(verdict(all, circumstances), undefined);
});

test('no server has a health check: fails, or is pending if one is unreachable', () => {
  const none = failed({
    kind: 'unimplemented',
    code: 'UNIMPLEMENTED',
    message: 'unknown service cluster.ClusterService',
  }).error;
  const unset = { ...none, message: 'machine type is not set, cannot use cluster health check API' };
  const refused = failed({ kind: 'refused', layer: 'endpoint', message: 'connect ECONNREFUSED' }).error;
  const statusOf = (...failures: readonly (typeof none)[]) =>
    findings({ server: { state: 'failed', failures: failures.map((failure) => ({ name, failure })) } }).find(
      ({ check }) => check === 'server-check',
    );
  assert.equal(statusOf(none, none)?.status, 'fail');
  assert.equal(
    statusOf(none)?.message,
    `nobody who is asked has a health check: ${name}: unknown service cluster.ClusterService`,
  );
  assert.equal(statusOf(none, refused)?.status, 'pending');
  assert.equal(statusOf(unset)?.status, 'pending');
  assert.equal(statusOf(refused)?.message, `no control plane node gives a verdict: ${name}: connect ECONNREFUSED`);
});

test('findings are in the order of the checks', () => {
  const order = registry.map(({ id }) => id);
  const ids = findings({ progress: heard(healthy) })
    .map(({ check }) => order.indexOf(check))
    .filter((index) => index >= 0);
  assert.deepEqual(
    ids,
    ids.toSorted((one, other) => one - other),
  );
});
