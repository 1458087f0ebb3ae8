import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create, fromBinary } from '@bufbuild/protobuf';
import { ServiceInfoSchema, ServiceListResponseSchema } from '../../src/gen/machine/machine_pb.ts';
import type { Service } from '../../src/talos/model/machine.ts';
import { serviceOf } from '../../src/talos/services.ts';
import { answerBytes, recordedCall } from '../fixtures/recorded.ts';

function recordedService(file: string, call: string, id: string): Service {
  const [bytes = new Uint8Array()] = answerBytes(recordedCall(file, call));
  const found = fromBinary(ServiceListResponseSchema, bytes).messages[0]?.services.find((info) => info.id === id);
  assert.ok(found);
  return serviceOf(found);
}

const intervals = ({ restarts }: Service) =>
  restarts?.at.slice(1).map((end, index) => Math.round((end - (restarts.at[index] ?? 0)) / 1000));

test('a kubelet in a crash loop has the reason and the times of its restarts', () => {
  const kubelet = recordedService('v1.13.9-kubelet-crashloop-waiting', 'd1-reader-ServiceList', 'kubelet');
  assert.equal(kubelet.state, 'Waiting');
  assert.equal(kubelet.lastEvent, kubelet.restarts?.reason);
  assert.match(kubelet.lastEvent, /^Error running Containerd\(kubelet\), going to restart forever: failed to create/);
  assert.deepEqual(intervals(kubelet), [5, 5, 5]);
});

test('an etcd that was removed ends without an error', () => {
  const etcd = recordedService('etcd-member-removed-1.13.9', 'removed-d3-reader-ServiceList', 'etcd');
  assert.match(etcd.restarts?.reason ?? '', /^Runner Containerd\(etcd\) exited without error, going to restart it$/);
  assert.deepEqual(intervals(etcd), [5]);
});

test('a service that runs and was never restarted has no last event and no restarts', () => {
  const apid = recordedService('v1.13.9-kubelet-crashloop-waiting', 'd1-reader-ServiceList', 'apid');
  assert.deepEqual([apid.lastEvent, apid.restarts], ['', undefined]);
});

test('a service that runs again keeps the ends of its history', () => {
  const events = {
    events: [
      { msg: 'Error running Containerd(x), going to restart forever: a', ts: { seconds: 10n, nanos: 5e8 } },
      { msg: 'Started task x (PID 1) for container x', ts: { seconds: 15n, nanos: 0 } },
    ],
  };
  assert.deepEqual(serviceOf(create(ServiceInfoSchema, { id: 'x', state: 'Running', events })).restarts, {
    reason: 'Error running Containerd(x), going to restart forever: a',
    at: [10_500],
  });
});
