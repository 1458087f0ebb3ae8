import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import type { AccountOptions } from '../../sim/omni/accounts.ts';
import type { Omni } from '../../sim/omni/omni.ts';
import { logProgress } from '../../src/hosts/progress.ts';
import type { RawInputs } from '../../src/inputs/table.ts';
import { renderJson } from '../../src/report/files/json.ts';
import { renderJunit } from '../../src/report/files/junit.ts';
import { renderSummary } from '../../src/report/markdown/summary.ts';
import type { Report } from '../../src/report/model.ts';
import { startProxy } from '../builders/proxy-server.ts';
import { run } from '../builders/run.ts';

let cluster: SimulatedCluster;
let omni: Omni;
before(async () => {
  cluster = await startCluster({ controlPlanes: 3, workers: 2, omni: true });
  assert.ok(cluster.omni !== undefined);
  omni = cluster.omni;
});
after(() => cluster.stop());

interface Gated {
  readonly account?: AccountOptions;
  readonly inputs?: RawInputs;
  readonly onLine?: (line: string) => void;
}

/** Runs the gate through Omni. Nothing that it says holds the key. */
async function gate({ account = {}, inputs = {}, onLine }: Gated = {}): Promise<Report> {
  const key = omni.createAccount('ci', account).encoded;
  const lines: string[] = [];
  const report = await run(
    { 'wait-timeout': '0', 'rpc-timeout': '3s', talosconfig: omni.talosconfig(), ...inputs },
    {
      env: { OMNI_SERVICE_ACCOUNT_KEY: key },
      mask: () => undefined,
      openProgress: (span) =>
        logProgress((line) => {
          lines.push(line);
          onLine?.(line);
        }, span),
      signal: new AbortController().signal,
    },
  );
  assertSilent(key, [...lines, renderJson(report), renderJunit(report), renderSummary(report)].join('\n'));
  return report;
}

/** A text contains no twelve consecutive characters of the key, or of a line of the key in it. */
function assertSilent(key: string, text: string): void {
  const { pgp_key: armored } = JSON.parse(Buffer.from(key, 'base64').toString());
  const lines = String(armored)
    .split('\n')
    .filter((line) => /^[A-Za-z0-9+/=]{20,}$/.test(line));
  for (const secret of [key, ...lines]) {
    for (let start = 0; start + 12 <= secret.length; start += 1) {
      assert.ok(!text.includes(secret.slice(start, start + 12)));
    }
  }
}

const causesOf = ({ causes }: Report): readonly string[] =>
  causes.map(({ id, blames, nodes }) => [id, blames === 'nodes' ? nodes.join(',') : blames].join(' '));

for (const role of ['Reader', 'Operator', 'Admin'] as const) {
  test(`a healthy cluster is healthy with an account of the role ${role}`, async () => {
    const { verdict, causes, cluster: reported } = await gate({ account: { role } });
    assert.equal(verdict, 'healthy', JSON.stringify(causes));
    assert.equal(reported?.nodes.length, 5);
  });
}

test('an endpoint, the name of the cluster and a CA are enough', async () => {
  const inputs = { talosconfig: '', endpoints: omni.endpoint, cluster: 'demo', ca: omni.ca };
  assert.equal((await gate({ inputs })).verdict, 'healthy');
});

test('through a proxy, as to any endpoint', async () => {
  await using proxy = await startProxy();
  const talosconfig = omni
    .talosconfig()
    .replace(/^( +)cluster: /m, `$1proxy-url: http://127.0.0.1:${proxy.port}\n$1cluster: `);
  assert.equal((await gate({ inputs: { talosconfig } })).verdict, 'healthy');
  assert.ok(proxy.targets.includes(omni.endpoint.replace('https://', '')));
});

test('the certificate of an unknown CA', async () => {
  const report = await gate({ inputs: { talosconfig: omni.talosconfig({ ca: false }) } });
  assert.deepEqual([report.verdict, ...causesOf(report)], ['unhealthy', 'wrong-ca endpoints']);
});

const refused: readonly (readonly [string, Gated, string])[] = [
  ['an account without a role', { account: { role: 'None' } }, 'omni-account service account'],
  ['an account that Omni does not know', { account: { registered: false } }, 'omni-account service account'],
  ['an expired key', { account: { validity: 'expired' } }, 'stale-certificate service account'],
  ['a cluster that Omni does not have', { inputs: { cluster: 'other' } }, 'omni-cluster cluster'],
];

for (const [what, given, cause] of refused) {
  test(`${what} ends the wait, with one cause`, async () => {
    const report = await gate({ ...given, inputs: { 'wait-timeout': '1m', ...given.inputs } });
    assert.deepEqual([report.verdict, report.exitCode, ...causesOf(report)], ['error', 3, cause]);
  });
}

test('a clock that is more than five minutes off', async () => {
  for (const minutes of [6, -6]) {
    omni.clockSkew = minutes * 60_000;
    assert.deepEqual(causesOf(await gate()), ['omni-account service account']);
  }
  omni.clockSkew = 4.9 * 60_000;
  assert.equal((await gate()).verdict, 'healthy');
  omni.clockSkew = 0;
});

for (const name of ['worker-1', 'cp-2']) {
  test(`${name} is down: that is its own fault, and not that of Omni`, async () => {
    const fault = await cluster.fault('node-dead', name);
    const report = await gate();
    assert.equal(report.verdict, 'unhealthy');
    assert.equal(causesOf(report)[0], `dead-${name === 'cp-2' ? 'control-plane' : 'worker'} ${name}`);
    assert.deepEqual(
      report.findings.filter(({ check, status }) => check === 'credentials' && status !== 'pass'),
      [],
    );
    await fault.heal();
  });
}

const controlPlanes = ['cp-1', 'cp-2', 'cp-3'];

for (const fault of ['node-dead', 'node-frozen'] as const) {
  test(`${fault}, all control planes: Omni answers, and the workers are still asked`, async () => {
    for (const name of controlPlanes) {
      await cluster.fault(fault, name);
    }
    const unknown = await gate({ inputs: { 'rpc-timeout': '1s' } });
    assert.deepEqual(unknown.endpoints, [{ endpoint: omni.endpoint.slice('https://'.length), state: 'standby' }]);
    assert.match(unknown.causes[0]?.title ?? '', /^Omni answers, and no control plane behind it does: /);
    const known = await gate({
      inputs: { 'rpc-timeout': '1s', 'control-plane-nodes': 'cp-1,cp-2,cp-3', 'worker-nodes': 'worker-1,worker-2' },
    });
    const reachable = known.findings.filter(({ check, status }) => check === 'api-reachable' && status === 'pass');
    assert.deepEqual(
      reachable.map(({ node }) => node),
      ['worker-1', 'worker-2'],
    );
    assert.deepEqual(known.causes[0]?.nodes, controlPlanes);
    await cluster.healAll();
  });
}

test('an upgrade of Talos by Omni is the cause of the node that reboots', async () => {
  const fault = await cluster.fault('node-dead', 'worker-1');
  const upgrade = { phase: 'Upgrading', step: 'current machine: worker-1', status: 'updating machines 1/5' } as const;
  await cluster.change((state) => ({ ...state, omni: { upgrade } }));
  const report = await gate();
  assert.deepEqual(causesOf(report), ['omni-upgrade cluster']);
  assert.match(report.causes[0]?.title ?? '', /current machine: worker-1: updating machines 1\/5/);
  await fault.heal();
  await cluster.change((state) => ({ ...state, omni: {} }));
});

test('Omni goes away and comes back while the gate waits', async () => {
  const fault = await cluster.fault('kubelet-failed', 'worker-1');
  let step = 0;
  const report = await gate({
    inputs: { 'wait-timeout': '1m', 'retry-interval': '200ms' },
    onLine: async () => {
      step += 1;
      if (step === 1) {
        await omni.set('closed');
      } else if (step === 2) {
        await fault.heal();
        await omni.set('open');
      }
    },
  });
  assert.equal(report.verdict, 'healthy', JSON.stringify(report.causes));
});

test('stable-for begins again after a fault, which a watch through Omni reports', async () => {
  let step = 0;
  const report = await gate({
    inputs: { 'wait-timeout': '1m', 'stable-for': '2s', 'retry-interval': '30s' },
    onLine: async (line) => {
      if (step === 0 && !line.startsWith('⏳')) {
        step = 1;
        await cluster.fault('kubelet-failed', 'worker-2');
      } else if (step === 1 && line.includes('kubelet')) {
        step = 2;
        await cluster.healAll();
      }
    },
  });
  assert.deepEqual([report.verdict, step], ['healthy', 2]);
  assert.match(report.reason, /it was healthy before and did not stay so, 1 time/);
});

test('log-lines come through Omni', async () => {
  const fault = await cluster.fault('kubelet-failed', 'worker-2');
  const { logs } = await gate({ inputs: { 'log-lines': '2' } });
  assert.deepEqual(
    logs.map(({ node, service, lines }) => [node, service, lines.length]),
    [['worker-2', 'kubelet', 2]],
  );
  await fault.heal();
});

test('without discovery, the members of etcd are the cluster, and Omni is no node', async () => {
  await using other = await startCluster({ controlPlanes: 3, workers: 1, omni: true, discovery: false });
  assert.ok(other.omni !== undefined);
  const { cluster: reported } = await run(
    { 'wait-timeout': '0', talosconfig: other.omni.talosconfig() },
    {
      env: { OMNI_SERVICE_ACCOUNT_KEY: other.omni.createAccount('ci').encoded },
      mask: () => undefined,
      openProgress: (span) => logProgress(() => undefined, span),
      signal: new AbortController().signal,
    },
  );
  assert.deepEqual(
    reported?.nodes.map(({ name }) => name),
    ['cp-1', 'cp-2', 'cp-3'],
  );
});
