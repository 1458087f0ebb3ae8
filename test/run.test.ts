import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../sim/cluster.ts';
import type { Host } from '../src/host.ts';
import { logProgress } from '../src/hosts/progress.ts';
import type { RawInputs } from '../src/inputs/table.ts';
import { run } from './builders/run.ts';
import { answer, field, grpcHeaders, onHttp2 } from './e2e/hostile-http2.ts';

const host = (controller?: AbortController): Host => ({
  env: {},
  mask: () => undefined,
  // The first line of progress: a round has ended.
  openProgress: (span) => logProgress(() => controller?.abort(), span),
  signal: (controller ?? new AbortController()).signal,
});
const once: RawInputs = { 'wait-timeout': '0', 'rpc-timeout': '2s', 'log-lines': '2' };

test('log-lines: the end of the failing service’s log', async () => {
  await using cluster = await startCluster();
  await cluster.fault('kubelet-failed', 'worker-2');
  const { verdict, logs } = await run({ ...once, talosconfig: cluster.talosconfig('os:reader') }, host());
  assert.equal(verdict, 'unhealthy');
  assert.deepEqual(
    logs.map(({ node, service, lines }) => [node, service, lines.length]),
    [['worker-2', 'kubelet', 2]],
  );
  assert.match(logs[0]?.lines[1] ?? '', /level=error msg="Failed to run pre stage: /);
});

test('log-lines: none unless they are asked for', async () => {
  await using cluster = await startCluster();
  await cluster.fault('kubelet-failed', 'worker-2');
  const raw = { ...once, 'log-lines': '', talosconfig: cluster.talosconfig('os:reader') };
  assert.deepEqual((await run(raw, host())).logs, []);
});

test('log-lines: none of a healthy cluster, and none for whoever cancels', async () => {
  await using cluster = await startCluster();
  const raw = { ...once, talosconfig: cluster.talosconfig('os:reader') };
  const healthy = await run(raw, host());
  assert.deepEqual([healthy.verdict, healthy.logs], ['healthy', []]);
  await cluster.fault('kubelet-failed', 'worker-2');
  const cancelled = await run({ ...raw, 'wait-timeout': '1m' }, host(new AbortController()));
  assert.deepEqual([cancelled.verdict, cancelled.logs], ['cancelled', []]);
});

test('log-lines: a log that is not there changes no verdict', async () => {
  await using cluster = await startCluster();
  await cluster.fault('service-missing', 'worker-2', { service: 'kubelet' });
  const { verdict, logs } = await run({ ...once, talosconfig: cluster.talosconfig('os:reader') }, host());
  assert.equal(verdict, 'unhealthy');
  assert.deepEqual(logs, [
    { node: 'worker-2', service: 'kubelet', lines: ['(the log could not be read: log "kubelet" was not registered)'] },
  ]);
});

test('each half minute a line says what is missing, until the end', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  await using cluster = await startCluster();
  await cluster.fault('kubelet-failed', 'worker-2');
  const lines: string[] = [];
  const stop = new AbortController();
  const { promise: seen, resolve } = Promise.withResolvers<void>();
  const progress = (line: string): void => {
    lines.push(line);
    resolve();
  };
  const raw = { ...once, 'wait-timeout': '10m', talosconfig: cluster.talosconfig('os:reader') };
  const running = run(raw, { ...host(stop), openProgress: (span) => logProgress(progress, span) });
  await seen;
  context.mock.timers.tick(30_000);
  assert.match(
    lines.at(-1) ?? '',
    /^⏳ still waiting \(\d+s, (10m|9m59s) left\): worker-2: kubelet is Failed: .* \(for \d+s\)$/,
  );
  stop.abort();
  await running;
  const told = lines.length;
  context.mock.timers.tick(60_000);
  assert.equal(lines.length, told);
});

test('where nothing can be watched the report says so', async () => {
  await using server = await onHttp2({
    call: (stream, path) =>
      path.endsWith('/Watch')
        ? stream.respond({ ...grpcHeaders, 'grpc-status': '12', 'grpc-message': 'unknown method' }, { endStream: true })
        : answer(
            stream,
            path.endsWith('/Version') ? field(1, field(2, field(1, Buffer.from('v1.8.0')))) : Buffer.alloc(0),
          ),
  });
  const raw = { talosconfig: server.talosconfig, 'wait-timeout': '2s', 'retry-interval': '1s' };
  const { verdict, reason } = await run(raw, host());
  assert.equal(verdict, 'unhealthy');
  assert.equal(
    reason,
    'after waiting for 2s; nothing could be watched (unknown method), so it was looked at only every 1s',
  );
});
