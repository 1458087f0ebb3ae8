import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { reasonIn } from '../../src/checks/facts/service-events.ts';
import { ServiceListResponseSchema } from '../../src/gen/machine/machine_pb.ts';
import { serviceOf } from '../../src/talos/services.ts';
import { answerBytes, recordedCall } from '../fixtures/recorded.ts';

const ends = (log: string): string =>
  `Error running Containerd(etcd), going to restart forever: task "etcd" failed: exit code 1 (last log ${JSON.stringify(log)})`;
const code = 'task "etcd" failed: exit code 1';

const rows: readonly (readonly [event: string, words: string])[] = [
  ['Waiting for volumes /var to be mounted', 'Waiting for volumes /var to be mounted'],
  ['Runner Containerd(etcd) exited without error, going to restart it', 'it exits without an error'],
  [
    'Error running Process(["/bin/containerd" "--address" "/run/a, b.sock"]), going to restart forever: signal: killed',
    'signal: killed',
  ],
  [
    ends(
      '{"level":"fatal","ts":"2026-01-01T00:00:00Z","caller":"x.go:1","msg":"discovery failed","error":"no \\"space\\""}',
    ),
    `${code} (its log: discovery failed: no "space")`,
  ],
  [ends('{"level":"info","msg":"established a connection"}\n{"level":"info","msg":"closing"}'), code],
  [ends('{"level":"error","msg":"first"}\n{"level":"info","msg":"then something else"}'), `${code} (its log: first)`],
  [
    ends(`"x":1},"level":"fatal","msg":"cut at both ends","error":"disk is br`),
    `${code} (its log: cut at both ends: disk is br)`,
  ],
  [
    ends(
      'E1128 10:00:00.000000       1 run.go:72] "command failed" err="no such file"\nI1128 10:00:00.0 1 x.go:1] bye',
    ),
    `${code} (its log: "command failed" err="no such file")`,
  ],
  [ends('Error: unknown flag: --nope'), `${code} (its log: Error: unknown flag: --nope)`],
  [ends('listening on 0.0.0.0:2379'), code],
];

for (const [event, words] of rows) {
  test(event.slice(0, 120), () => assert.equal(reasonIn(event), words));
}

test('the length of a reason is limited, whatever a service logs', () => {
  const hostile = [
    ends(`{"level":"fatal","msg":"${'x'.repeat(500)}"}`),
    ends('\\'.repeat(500)),
    ends('"'.repeat(500)),
    `Error running a, going to restart forever: ${'x'.repeat(8000)}`,
    `${ends('error '.repeat(90)).slice(0, -9)}`,
  ];
  for (const event of hostile) {
    assert.ok(reasonIn(event).length <= 242, event);
  }
});

test('a long reason keeps its end', () => {
  const kubelet = recordedCall('v1.13.9-kubelet-crashloop-waiting', 'd1-reader-ServiceList');
  const [bytes = new Uint8Array()] = answerBytes(kubelet);
  const services = fromBinary(ServiceListResponseSchema, bytes).messages[0]?.services ?? [];
  const { lastEvent = '' } = services.map(serviceOf).find(({ id }) => id === 'kubelet') ?? {};
  assert.match(
    reasonIn(lastEvent),
    /^failed to create task: "kubelet": failed .*… .*stat \/usr\/lib\/modules: no such file or directory$/,
  );
});
