import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import { openChannels } from '../../src/observe/endpoints/channels.ts';
import { version } from '../../src/talos/api.ts';
import { listResources } from '../../src/talos/resources/api.ts';
import { members } from '../../src/talos/resources/members.ts';
import { certificateOf } from '../credentials/certificates.ts';

test('calls are counted with the bytes sent and received, including calls that fail', async () => {
  await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
  const credentials = certificateOf(cluster.talosconfig('os:reader'));
  const [host = '', port = ''] = (cluster.endpoints[0] ?? '').split(':');
  using channels = openChannels([{ host, port: Number(port) }], { credentials });
  const channel = channels.all[0]?.channel;
  assert(channel);
  const options = { timeout: 5000, signal: new AbortController().signal };
  await version(channel, options);
  const { calls, sent, received } = channels.usage;
  assert.equal(calls, 1);
  assert.equal(sent, 0, 'an empty message has no bytes');
  assert(received > 20);
  await listResources(channel, members, options);
  assert.equal(channels.usage.calls, 2);
  assert(channels.usage.sent > 20 && channels.usage.received > received);
  await assert.rejects(version(channel, { ...options, node: '127.0.0.9' }));
  assert.equal(channels.usage.calls, 3);
});
