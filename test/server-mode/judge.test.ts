import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect, isDeepStrictEqual } from 'node:util';
import { registry } from '../../src/checks/registry.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { Finding } from '../../src/gate/finding.ts';
import { isHealthy, verdict } from '../../src/gate/verdict.ts';
import type { EndpointSnapshot } from '../../src/observe/snapshot.ts';
import { judge, type Known } from '../../src/server-mode/judge.ts';
import { silence } from '../../src/server-mode/progress.ts';
import { talosctlChecks } from '../../src/server-mode/talosctl-checks.ts';
import { options as defaultOptions } from '../builders/judged.ts';
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
    progress: silence,
    server: { name, state: 'speaking', failures: [] },
    ...overrides,
  };
}

function findings(overrides: Partial<Known>): readonly Finding[] {
  const judged = judge(known(overrides), defaultOptions);
  // Each finding that is not well has its cause, whatever was not seen.
  diagnose(judged.findings, judged.snapshot);
  // What blocks is named, by its check and its node and nothing else, and is a finding.
  const subjects = judged.findings.map(({ check, node }) => ({ check, ...(node !== undefined && { node }) }));
  for (const { blockedBy } of judged.findings) {
    assert.ok(blockedBy === undefined || subjects.some((one) => isDeepStrictEqual(one, blockedBy)), inspect(blockedBy));
  }
  return judged.findings;
}

const circumstances = { cancelled: false, deadlinePassed: false };

/** What each recorded stream comes to at its end. */
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

describe('every recorded stream names its check and its node, and nothing else', () => {
  for (const { situation, lines, code } of streams.filter((stream) => stream.lines.length > 1)) {
    test(situation, () => {
      const all = findings({
        progress: heard(lines),
        server: { name, state: code === 'OK' ? 'ended' : 'speaking', failures: [] },
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

test('what comes after the check that fails is blocked, what came before has passed', () => {
  for (const [index, { title, judges }] of talosctlChecks.entries()) {
    const all = findings({ progress: heard(failingAt(title, 'expected something else')) });
    const passed = new Set(all.filter(({ status }) => status === 'pass').map(({ check }) => check));
    for (const later of talosctlChecks.slice(index)) {
      assert.ok(
        !later.judges.some(({ check }) => passed.has(check) && check !== 'server-check'),
        `${title}: ${later.title}`,
      );
    }
    const earlier = talosctlChecks.slice(0, index).flatMap((one) => one.judges.map(({ check }) => check));
    const open = new Set(talosctlChecks.slice(index).flatMap((one) => one.judges.map(({ check }) => check)));
    assert.deepEqual(
      earlier.filter((check) => !open.has(check) && !passed.has(check)),
      [],
      judges[0].check,
    );
  }
});

test('a healthy cluster: every check that the server makes, on every node that it concerns', () => {
  const all = findings({ progress: heard(healthy), server: { name, state: 'ended', failures: [] } });
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

test('all has passed, and the stream goes on: that is not healthy yet', () => {
  const all = findings({ progress: heard(healthy) });
  assert.deepEqual(having(all, 'pending'), ['server-check']);
  assert.equal(verdict(all, circumstances), undefined);
});

test('an end as if all were well, with something missing, is not healthy', () => {
  const server = { name, state: 'ended', failures: [] } as const;
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

test('a check that is under way is waited for', () => {
  const all = findings({ progress: heard(healthy.slice(0, 8)) });
  assert.deepEqual(having(all, 'pending'), ['api-reachable']);
  assert.equal(
    all.find(({ status }) => status === 'pending')?.message,
    'the server is looking: waiting for apid to be ready',
  );
});

test('a check that this gate does not know is told as the server tells it', () => {
  const lines = [...healthy.slice(0, 9), 'waiting for the moon: ...', 'waiting for the moon: it is new'];
  const all = findings({ progress: heard(lines) });
  assert.deepEqual(having(all, 'pending'), ['server-check']);
  assert.equal(
    all.find(({ check }) => check === 'server-check')?.message,
    `${name} is waiting for the moon: it is new`,
  );
});

test('nodes that only the server knows, and nodes that it does not', () => {
  const lines = [
    'discovered nodes: ["127.77.0.1" "127.77.0.2" "127.77.0.3" "127.77.0.4" "10.9.9.9"]',
    ...healthy.slice(1),
  ];
  const { snapshot, findings: all } = judge(
    known({ progress: heard(lines), server: { name, state: 'ended', failures: [] } }),
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

test('a node that cannot be reached is told as in mode client', () => {
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

test('the role that does not suffice ends the wait, and is named', () => {
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

test('an admin is refused only by an apid that has just started: that is waited for, and no role is blamed', () => {
  const { lines } = streams.find(({ situation }) => situation === 'caller without os:admin, 1.14') ?? { lines: [] };
  const { snapshot, findings: all } = judge(
    known({ progress: heard(lines), credentials: { roles: ['os:admin'] } }),
    defaultOptions,
  );
  assert.equal(verdict(all, circumstances), undefined);
  assert.deepEqual(having(all, 'pending', 'fail'), ['etcd-service']);
  assert.ok(diagnose(all, snapshot).every(({ id }) => id !== 'missing-role'));
});

test('a health check that nobody has, or that is refused to a reader for a moment, is no missing role', () => {
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

test('where no endpoint answers it is judged as in mode client, and the rest is blocked', () => {
  const { error: failure } = failed({ kind: 'refused', layer: 'endpoint', message: 'connect ECONNREFUSED' });
  const all = findings({
    endpoints: [{ endpoint: name, state: 'failed', failure }],
    server: { state: 'failed', failures: [{ name, failure }] },
  });
  assert.deepEqual(having(all, 'pending', 'fail'), ['api-reachable@cp-1']);
  assert.equal(isHealthy(all), false);
  assert.equal(verdict(all, circumstances), undefined);
});

test('nobody has a health check: waiting does not help, unless one of them is not there', () => {
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

test('findings keep the order of the checks', () => {
  const order = registry.map(({ id }) => id);
  const ids = findings({ progress: heard(healthy) })
    .map(({ check }) => order.indexOf(check))
    .filter((index) => index >= 0);
  assert.deepEqual(
    ids,
    ids.toSorted((one, other) => one - other),
  );
});
