import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openChannels } from '../../src/observe/channels.ts';
import { endpointSnapshot, noForwarding, whyNone } from '../../src/observe/endpoint.ts';
import { openEndpoints } from '../../src/observe/endpoints.ts';
import type { Failure } from '../../src/talos/failure.ts';

/** Nobody is connected to. */
function oneEndpoint() {
  const channels = openChannels([{ host: '10.0.0.1', port: 50_000 }], { name: 'test', endpoints: [], nodes: [] });
  const endpoints = openEndpoints(channels);
  return { ...endpoints, endpoint: endpoints.all[0] ?? assert.fail('an endpoint') };
}

const timeout: Failure = { kind: 'timeout', layer: 'node', code: 'DEADLINE_EXCEEDED', message: 'no answer' };

test('an endpoint that was found dead by a call to a node says nothing of that node', () => {
  const { all, endpoint, fail } = oneEndpoint();
  fail(endpoint, timeout);
  assert.deepEqual(whyNone(all, '10.0.0.9'), { ...timeout, layer: 'endpoint' });
});

test('what the caller brings stays the caller’s', () => {
  const { all, endpoint, fail } = oneEndpoint();
  fail(endpoint, { ...timeout, kind: 'not-authorized', layer: 'caller' });
  assert.equal(whyNone(all).layer, 'caller');
});

test('an endpoint that is tried again has failed until it answers; one that is tried first has not', () => {
  const { endpoint, fail, admit } = oneEndpoint();
  const state = (): string => endpointSnapshot(endpoint, false).state;
  endpoint.state = 'trying';
  assert.equal(state(), 'standby');
  fail(endpoint, timeout);
  endpoint.state = 'trying';
  assert.equal(state(), 'failed');
  admit(endpoint);
  assert.equal(state(), 'standby');
});

test('a worker that is tried again is still a worker', () => {
  const { endpoint, fail } = oneEndpoint();
  fail(endpoint, noForwarding('10.0.0.1:50000'));
  endpoint.state = 'trying';
  assert.equal(endpointSnapshot(endpoint, false).state, 'worker');
});
