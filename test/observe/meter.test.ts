import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import { parseTalosconfig } from '../../src/credentials/talosconfig.ts';
import { openWires } from '../../src/observe/channels.ts';
import { listResources, version } from '../../src/talos/api.ts';
import { members } from '../../src/talos/resources.ts';

test('calls are counted, with the bytes of their questions and answers, those that fail too', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const parsed = parseTalosconfig(cluster.talosconfig('os:reader'), '');
  assert(parsed.ok);
  const [host = '', port = ''] = (cluster.endpoints[0] ?? '').split(':');
  using wires = openWires([{ host, port: Number(port) }], parsed.context);
  const wire = wires.all[0]?.wire;
  assert(wire);
  const options = { timeout: 5000, signal: new AbortController().signal };
  await version(wire, options);
  const { calls, sent, received } = wires.meter;
  assert.equal(calls, 1);
  assert.equal(sent, 0, 'an empty message has no bytes');
  assert(received > 20);
  await listResources(wire, members, options);
  assert.equal(wires.meter.calls, 2);
  assert(wires.meter.sent > 20 && wires.meter.received > received);
  await assert.rejects(version(wire, { ...options, node: '127.0.0.9' }));
  assert.equal(wires.meter.calls, 3);
});
