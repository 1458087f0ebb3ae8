import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWires } from '../../src/observe/channels.ts';
import { endpointSnapshot, noForwarding, whyNone } from '../../src/observe/endpoint.ts';
import { openEntrances } from '../../src/observe/endpoints.ts';
import type { Failure } from '../../src/talos/failure.ts';

/** Nobody is connected to. */
function oneEndpoint() {
  const wires = openWires([{ host: '10.0.0.1', port: 50_000 }], { name: 'test', endpoints: [], nodes: [] });
  const entrances = openEntrances(wires);
  return { ...entrances, entrance: entrances.all[0] ?? assert.fail('an endpoint') };
}

const timeout: Failure = { kind: 'timeout', layer: 'node', code: 'DEADLINE_EXCEEDED', message: 'no answer' };

test('an endpoint that was found dead by a call to a node says nothing of that node', () => {
  const { all, entrance, fail } = oneEndpoint();
  fail(entrance, timeout);
  assert.deepEqual(whyNone(all, '10.0.0.9'), { ...timeout, layer: 'endpoint' });
});

test('what the caller brings stays the caller’s', () => {
  const { all, entrance, fail } = oneEndpoint();
  fail(entrance, { ...timeout, kind: 'not-authorized', layer: 'caller' });
  assert.equal(whyNone(all).layer, 'caller');
});

test('an endpoint that is tried again has failed until it answers; one that is tried first has not', () => {
  const { entrance, fail, admit } = oneEndpoint();
  const state = (): string => endpointSnapshot(entrance, false).state;
  entrance.state = 'trying';
  assert.equal(state(), 'standby');
  fail(entrance, timeout);
  entrance.state = 'trying';
  assert.equal(state(), 'failed');
  admit(entrance);
  assert.equal(state(), 'standby');
});

test('a worker that is tried again is still a worker', () => {
  const { entrance, fail } = oneEndpoint();
  fail(entrance, noForwarding('10.0.0.1:50000'));
  entrance.state = 'trying';
  assert.equal(endpointSnapshot(entrance, false).state, 'worker');
});
