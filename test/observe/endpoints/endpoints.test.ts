import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openChannels } from '../../../src/observe/endpoints/channels.ts';
import { endpointSnapshot, noForwarding, whyNone } from '../../../src/observe/endpoints/endpoint.ts';
import { openEndpoints } from '../../../src/observe/endpoints/endpoints.ts';
import type { Failure } from '../../../src/talos/failure.ts';
import { certificateOf, createIdentity, talosconfig } from '../../credentials/certificates.ts';

/** Opens no connection. */
function oneEndpoint() {
  const channels = openChannels([{ host: '10.0.0.1', port: 50_000 }], {
    credentials: certificateOf(talosconfig(createIdentity())),
  });
  const endpoints = openEndpoints(channels);
  return { ...endpoints, endpoint: endpoints.all[0] ?? assert.fail('an endpoint') };
}

const timeout: Failure = { kind: 'timeout', layer: 'node', code: 'DEADLINE_EXCEEDED', message: 'no answer' };

test('an endpoint that failed during a call to a node has a failure of its own, not of the node', () => {
  const { all, endpoint, markFailed } = oneEndpoint();
  markFailed(endpoint, timeout);
  assert.deepEqual(whyNone(all, '10.0.0.9'), { ...timeout, layer: 'endpoint' });
});

test('a failure that the caller has to fix keeps its layer', () => {
  const { all, endpoint, markFailed } = oneEndpoint();
  markFailed(endpoint, { ...timeout, kind: 'not-authorized', layer: 'caller' });
  assert.equal(whyNone(all).layer, 'caller');
});

test('an endpoint that is retried counts as failed until it answers; one that is tried for the first time does not', () => {
  const { endpoint, markFailed, markHealthy } = oneEndpoint();
  const state = (): string => endpointSnapshot(endpoint, false).state;
  endpoint.state = 'trying';
  assert.equal(state(), 'standby');
  markFailed(endpoint, timeout);
  endpoint.state = 'trying';
  assert.equal(state(), 'failed');
  markHealthy(endpoint);
  assert.equal(state(), 'standby');
});

test('a worker that is retried still counts as a worker', () => {
  const { endpoint, markFailed } = oneEndpoint();
  markFailed(endpoint, noForwarding('10.0.0.1:50000'));
  endpoint.state = 'trying';
  assert.equal(endpointSnapshot(endpoint, false).state, 'worker');
});
