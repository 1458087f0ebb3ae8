import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import type { Finding } from '../../src/gate/finding.ts';
import type { Host } from '../../src/host.ts';
import type { RawInputs } from '../../src/inputs/table.ts';
import { renderJson } from '../../src/report/files/json.ts';
import { renderSummary } from '../../src/report/markdown/summary.ts';
import type { Report } from '../../src/report/model.ts';
import { run } from '../builders/run.ts';
import { field, flood, framed, grpcHeaders } from '../e2e/hostile-http2.ts';
import { alsoTrusting, drip } from '../e2e/hostile-sockets.ts';
import { having } from '../gate/simulated.ts';
import { type Behaviour, end, hangsAfter, healthServer, lineOf, says, writes } from './servers.ts';
import { failingAt, healthy } from './streams.ts';

const mode: RawInputs = { mode: 'server', 'rpc-timeout': '1s', 'retry-interval': '100ms', 'wait-timeout': '1m' };

function host(
  controller = new AbortController(),
  seen: (findings: readonly Finding[]) => void = () => undefined,
): Host {
  return {
    env: {},
    mask: () => undefined,
    openProgress: () => ({
      interval: 60_000,
      onRound: ({ findings }) => seen(findings),
      onTime: () => undefined,
      [Symbol.dispose]: () => undefined,
    }),
    signal: controller.signal,
  };
}

const failing = ({ findings }: Report): readonly string[] => having(findings, 'pending', 'fail');
const ofServer = ({ findings }: Report): string | undefined =>
  findings.find(({ check }) => check === 'server-check')?.message;

// Most of their time is waiting.
describe('on a simulated cluster', { concurrency: 3 }, () => {
  test('a healthy cluster is healthy after the first stream', async () => {
    await using cluster = await startCluster();
    const report = await run({ ...mode, talosconfig: cluster.talosconfig('os:admin') }, host());
    assert.equal(report.verdict, 'healthy');
    assert.equal(report.exitCode, 0);
    assert.equal(report.reason, '');
    assert.deepEqual(report.outputs.healthyNodes, ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2']);
    const asked = cluster.calls.filter(({ method }) => method.includes('HealthCheck'));
    assert.deepEqual(
      asked.map(({ count }) => count),
      [1],
    );
  });

  test('os:reader is not sufficient and ends the wait at once', async () => {
    await using cluster = await startCluster();
    const report = await run({ ...mode, talosconfig: cluster.talosconfig('os:reader') }, host());
    assert.equal(report.verdict, 'error');
    assert.equal(report.exitCode, 3);
    assert.deepEqual(failing(report), ['credentials']);
    assert.match(
      report.reason,
      /^waiting cannot help; the last message of .*: waiting for etcd to be healthy: rpc error/,
    );
  });

  test('an expired certificate ends the wait as in client mode', async () => {
    await using cluster = await startCluster();
    const talosconfig = cluster.talosconfig('os:admin', { validity: 'expired' });
    const report = await run({ ...mode, talosconfig }, host());
    assert.equal(report.verdict, 'error');
    assert.deepEqual(failing(report), ['credentials']);
  });

  test('worker endpoints end the wait as in client mode', async () => {
    await using cluster = await startCluster();
    const endpoints = cluster.nodes.filter(({ role }) => role === 'worker').map(({ endpoint }) => endpoint);
    const report = await run({ ...mode, talosconfig: cluster.talosconfig('os:admin', { endpoints }) }, host());
    assert.equal(report.verdict, 'error');
    assert.deepEqual(failing(report), ['topology']);
  });

  test('an unhealthy cluster at the deadline: the report names the check, the node and the last line', async () => {
    await using cluster = await startCluster();
    await cluster.fault('service-unhealthy', 'cp-2');
    const raw = { ...mode, 'wait-timeout': '1s', talosconfig: cluster.talosconfig('os:admin') };
    const report = await run(raw, host());
    assert.equal(report.verdict, 'unhealthy');
    assert.deepEqual(failing(report), ['services@cp-2']);
    assert.deepEqual(report.outputs.failedChecks, ['services']);
    assert.deepEqual(report.outputs.unhealthyNodes, ['cp-2']);
    assert.match(
      report.reason,
      /^after waiting for 1s; the last message of \S+: waiting for kubelet to be healthy: 1 error occurred: \* \S+: service is not healthy: kubelet$/,
    );
  });

  test('a node that is down: the next control plane node is tried and names it', async () => {
    await using cluster = await startCluster();
    await cluster.fault('node-dead', 'cp-1');
    const raw = { ...mode, 'wait-timeout': '2s', talosconfig: cluster.talosconfig('os:admin') };
    const report = await run(raw, host());
    assert.equal(report.verdict, 'unhealthy');
    assert.deepEqual(failing(report), ['api-reachable@cp-1']);
    assert.deepEqual(
      report.causes.map(({ id, nodes }) => [id, nodes]),
      [['dead-control-plane', ['cp-1']]],
    );
  });

  test('configured nodes are sent to the server by address', async () => {
    await using cluster = await startCluster();
    await cluster.fault('diagnostic', 'worker-2');
    const raw = {
      ...mode,
      'control-plane-nodes': 'cp-1,cp-2,cp-3',
      'worker-nodes': 'worker-1',
      talosconfig: cluster.talosconfig('os:admin'),
    };
    const report = await run({ ...raw, 'wait-timeout': '2s' }, host());
    // Kubernetes has one node more than configured, and its diagnostic belongs to no known node.
    assert.deepEqual(failing(report), ['no-unexpected-nodes']);
  });

  test('nodes named by the user run the check, as in talosctl, except workers', async () => {
    await using cluster = await startCluster();
    const raw = { ...mode, nodes: 'worker-1,cp-2', talosconfig: cluster.talosconfig('os:admin') };
    assert.equal((await run(raw, host())).verdict, 'healthy');
    assert.deepEqual(
      cluster.calls.filter(({ method }) => method.includes('HealthCheck')).map(({ node }) => node),
      ['cp-2'],
    );
  });

  test('a signal during the check cancels it, even if all checks so far passed', async () => {
    await using cluster = await startCluster();
    await cluster.fault('node-cordoned', 'worker-1');
    const controller = new AbortController();
    const talosconfig = cluster.talosconfig('os:admin');
    const report = await run(
      { ...mode, talosconfig },
      host(controller, () => controller.abort()),
    );
    assert.equal(report.verdict, 'cancelled');
    assert.equal(report.exitCode, 130);
    assert.equal(report.outputs.healthy, false);
  });

  test('a signal before the first answer cancels the check', async () => {
    await using cluster = await startCluster();
    const report = await run({ ...mode, talosconfig: cluster.talosconfig('os:admin') }, host(aborted()));
    assert.equal(report.verdict, 'cancelled');
    assert.equal(report.cluster, undefined);
  });
});

function aborted(): AbortController {
  const controller = new AbortController();
  controller.abort();
  return controller;
}

async function judge(behaviour: Behaviour, raw: RawInputs = {}): Promise<Report> {
  await using server = await healthServer(behaviour);
  return await run(
    { ...mode, 'wait-timeout': '600ms', 'retry-interval': '10s', ...raw, talosconfig: server.talosconfig },
    host(),
  );
}

const kubelet = failingAt(
  'kubelet to be healthy',
  '1 error occurred:\n    * 127.77.0.2: service is not healthy: kubelet',
);
const garbage = Buffer.alloc(300, 0xff);

describe('invalid streams are never healthy and end on time', { concurrency: 4 }, () => {
  const rows: readonly (readonly [name: string, behaviour: Behaviour, says: RegExp])[] = [
    ['ends at once as if all were well', says([]), /did not say so of: etcd to be healthy; /],
    ['ends well after half of it', says(healthy.slice(0, 16)), /did not say so of: kubelet to be healthy; /],
    [
      'ends well without the last OK',
      says(healthy.slice(0, -1)),
      /did not say so of: all k8s nodes to report schedulable/,
    ],
    ['garbled lines', says(healthy.map((line) => line.replaceAll('o', '\ufffd'))), /unexpected output: disc/],
    ['bytes that are no line', writes([framed(garbage)]), /is not a valid cluster.HealthCheckProgress/],
    [
      'cancelled by the server',
      says(healthy, 'CANCELLED', 'context canceled'),
      /gives a verdict: .*: it gave up before its time \(CANCELLED\)/,
    ],
    [
      'gives up long before its time',
      says(kubelet, 'DEADLINE_EXCEEDED', 'context deadline exceeded'),
      /it gave up before its time \(DEADLINE_EXCEEDED\)/,
    ],
    [
      'unavailable',
      end('UNAVAILABLE', 'machined is not there'),
      /gives a verdict: 127.0.0.1:\d+: machined is not there/,
    ],
    [
      'cut in the middle',
      (stream) => {
        hangsAfter(healthy.slice(0, 9))(stream);
        setImmediate(() => stream.session?.destroy());
      },
      /gives a verdict|looks at|is asked/,
    ],
    [
      'says half a line',
      (stream) => {
        stream.respond(grpcHeaders);
        stream.write(lineOf('waiting for').subarray(0, 7));
      },
      /has not said anything yet/,
    ],
    ['says nothing', hangsAfter([]), /has not said anything yet/],
    [
      'a byte at a time',
      (stream) => {
        stream.respond(grpcHeaders);
        drip(stream, lineOf(healthy[0] ?? ''), 50);
      },
      /has not said anything yet/,
    ],
    [
      'a line without end',
      (stream) => flood(stream, lineOf('waiting for no diagnostics: x'.repeat(1000))),
      /looks at the cluster/,
    ],
    [
      'ever new checks',
      (stream) => {
        let n = 0;
        stream.respond(grpcHeaders);
        const more = () => {
          while (!stream.destroyed && stream.write(lineOf(`waiting for ${n++}: ...`)));
        };
        stream.on('drain', more);
        more();
      },
      /is waiting for 0: /,
    ],
  ];
  for (const [name, behaviour, expected] of rows) {
    test(name, async () => {
      const report = await judge(behaviour);
      assert.equal(report.verdict, 'unhealthy');
      assert.match(ofServer(report) ?? '', expected);
      assert.match(report.reason, /^after waiting for 600ms/);
      assert.ok(renderJson(report).length < 200_000);
    });
  }
});

test('an endless stream is reported with its current check', async () => {
  const report = await judge(hangsAfter(kubelet));
  assert.deepEqual(failing(report), ['services@127.77.0.2']);
});

test('an API without a health check ends the wait', async () => {
  const report = await judge(end('UNIMPLEMENTED', 'unknown service cluster.ClusterService'), { 'wait-timeout': '1m' });
  assert.equal(report.verdict, 'error');
  assert.deepEqual(failing(report), ['server-check']);
  assert.match(ofServer(report) ?? '', /^nobody who is asked has a health check: \S+: unknown service/);
});

test('PermissionDenied for a sufficient role is pending', async () => {
  const report = await judge(end('PERMISSION_DENIED', 'not authorized'));
  assert.equal(report.verdict, 'unhealthy');
  assert.match(ofServer(report) ?? '', /^no control plane node gives a verdict: \S+: not authorized/);
});

test('a machine that has just started is retried with the remaining time', async () => {
  const early = end('UNIMPLEMENTED', 'machine type is not set, cannot use cluster health check API');
  await using server = await healthServer(
    early,
    end('UNAVAILABLE', 'not yet'),
    says(healthy.slice(0, 9)),
    says(healthy),
  );
  const report = await run({ ...mode, talosconfig: server.talosconfig }, host());
  assert.equal(report.verdict, 'healthy');
  assert.equal(server.asked, 4);
});

test('an error of a forwarded call names the node behind the endpoint', async () => {
  const status = Buffer.concat([
    Buffer.from([8, 14]),
    field(2, Buffer.from('connection error: desc = "connection refused"')),
  ]);
  const rows = [
    [
      Buffer.concat([
        field(1, Buffer.from('10.0.0.2')),
        field(2, Buffer.from('rpc error: code = Unavailable desc = connection refused')),
      ]),
      /verdict: 10\.0\.0\.2: rpc error: code = Unavailable desc = connection refused$/,
    ],
    [
      Buffer.concat([field(1, Buffer.from('10.0.0.2')), field(3, status)]),
      /verdict: 10\.0\.0\.2: connection error: desc = "connection refused"$/,
    ],
  ] as const;
  for (const [metadata, expected] of rows) {
    const report = await judge(writes([...healthy.map((line) => lineOf(line)), lineOf('', metadata)]));
    assert.equal(report.verdict, 'unhealthy');
    assert.match(ofServer(report) ?? '', expected);
  }
});

test('metadata with only a hostname changes nothing', async () => {
  const metadata = field(1, Buffer.from('cp-1'));
  const report = await judge(writes(healthy.map((line) => lineOf(line, metadata))));
  assert.equal(report.verdict, 'healthy');
});

test('a server that fails during the check: the next endpoint gives the verdict', async () => {
  await using cluster = await startCluster();
  await using server = await healthServer((stream) => {
    hangsAfter(healthy.slice(0, 9))(stream);
    setImmediate(() => stream.session?.destroy());
  });
  const talosconfig = alsoTrusting(cluster.talosconfig('os:admin'));
  const endpoints = [server.endpoint, ...cluster.nodes.slice(0, 2).map(({ endpoint }) => endpoint)].join(',');
  const report = await run({ ...mode, endpoints, talosconfig }, host());
  assert.equal(report.verdict, 'healthy');
});

test('the output of a server is sanitized in every report', async () => {
  const evil = '\u001b[31m</details>|`x`\r::error::evil\n##[error]evil @org/team [a](http://b) <script>';
  const report = await judge(
    hangsAfter([
      `discovered nodes: ["${evil.slice(0, 20)}"]`,
      evil,
      ...failingAt('no diagnostics', `active diagnostics: ${evil}`),
    ]),
  );
  assert.equal(report.verdict, 'unhealthy');
  const summary = renderSummary(report);
  assert.ok(!summary.includes('\u001b'));
  assert.doesNotMatch(summary, /^::error|##\[error\]evil @org|<script>/m);
  assert.equal(summary.split('<details>').length, summary.split('</details>').length);
});

test('inputs that server mode does not support are rejected', async () => {
  await using cluster = await startCluster();
  const report = await run({ ...mode, 'wait-timeout': '0', talosconfig: cluster.talosconfig('os:admin') }, host());
  assert.equal(report.exitCode, 2);
  assert.deepEqual(
    report.problems.map(({ input }) => input),
    ['wait-timeout'],
  );
});
