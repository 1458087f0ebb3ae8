import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { ClusterService } from '../../sim/gen/cluster/cluster_pb.ts';
import type { Scenario } from '../../sim/model/scenario.ts';
import type { TalosRole } from '../../sim/pki/authorities.ts';
import { connect, nodeOf } from './client.ts';
import { ManualClock } from './manual-clock.ts';

interface Stream {
  readonly situation: string;
  readonly lines: readonly string[];
  readonly code: string;
  readonly message: string;
}

interface Situation {
  readonly scenario?: Partial<Scenario>;
  readonly role?: TalosRole;
  readonly node?: string;
  readonly seconds?: bigint;
  play?(cluster: SimulatedCluster): Promise<unknown>;
}

const { healthCheck } = ClusterService.method;
const file = new URL('../fixtures/captures/healthcheck-streams.json', import.meta.url);
const streams: readonly Stream[] = JSON.parse(readFileSync(file, 'utf8'));

/** What is played for each recorded stream. */
const situations: Readonly<Record<string, Situation>> = {
  healthy: {},
  'kubelet-unhealthy cp-2': { play: (cluster) => cluster.fault('service-unhealthy', 'cp-2') },
  'kubelet-not-running worker-1': { play: (cluster) => cluster.fault('kubelet-failed', 'worker-1') },
  'node-cordoned worker-1': { play: (cluster) => cluster.fault('node-cordoned', 'worker-1') },
  'booting worker-1': { play: (cluster) => cluster.fault('booting', 'worker-1') },
  'etcd-stopped cp-2': { play: (cluster) => cluster.fault('etcd-stopped', 'cp-2') },
  'etcd-extra-member': {
    play: (cluster) => cluster.fault('etcd-extra-member', undefined, { address: '127.77.254.9' }),
  },
  'apiserver-pod-missing cp-2': { play: (cluster) => cluster.fault('apiserver-missing', 'cp-2') },
  'apiserver-pod-crashloop cp-2': { play: (cluster) => cluster.fault('apiserver-crash-loop', 'cp-2') },
  'cni-none': { scenario: { cni: 'none' } },
  'coredns-notready': { play: (cluster) => cluster.fault('coredns-not-ready') },
  'k8s-extra-node': {
    play: (cluster) => cluster.fault('kubernetes-extra-node', undefined, { address: '127.77.254.255' }),
  },
  'k8s-api-down': { play: (cluster) => cluster.fault('apiserver-port-closed', 'cp-1') },
  'diagnostic-present worker-1': { play: (cluster) => cluster.fault('diagnostic', 'worker-1') },
  'low-memory cp-2': { play: (cluster) => cluster.fault('low-memory', 'cp-2') },
  'node-down worker-2': { play: (cluster) => cluster.fault('node-dead', 'worker-2') },
  'caller without os:admin, 1.14': { role: 'os:reader' },
  'caller without os:admin, 1.13': { role: 'os:reader', scenario: { talosVersion: 'v1.13.9' } },
  'a worker is asked': { node: 'worker-1' },
  'no wait_timeout': { seconds: 0n },
};

/** The recorded line with the addresses of this cluster; lists in brackets have no order. */
function translate(line: string, cluster: SimulatedCluster): string {
  const { nodes } = cluster;
  const endpoint = nodeOf(cluster, 'cp-1').address;
  return line
    .replaceAll('127.77.255.1:', `${endpoint}:`)
    .replace(/127\.77\.0\.(\d)/g, (_, number) => nodes[Number(number) - 1]?.address ?? '?');
}

function unordered(line: string): string {
  return line.replace(/\[([^\]]*)\]/g, (_, list: string) => `[${list.split(' ').sort().join(' ')}]`);
}

async function played({ scenario, role = 'os:admin', node = 'cp-1', seconds = 20n, play }: Situation, stream: Stream) {
  const clock = new ManualClock();
  await using cluster = await startCluster(scenario, { clock });
  await play?.(cluster);
  using client = connect(cluster, role);
  let ended = false;
  const call = client.call(healthCheck, { waitTimeout: { seconds } }, { node }).finally(() => {
    ended = true;
  });
  for (; !ended; await setImmediate()) clock.advance(20);
  const { code, message, messages } = await call;
  const got = { code, message, lines: messages.map((progress) => unordered(progress.message)) };
  const wanted = {
    code: stream.code.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase(),
    message: stream.message,
    lines: stream.lines.map((line) => unordered(translate(line, cluster))),
  };
  return { got, wanted };
}

describe('the health check sends the same lines as the recorded one', () => {
  for (const stream of streams) {
    it(stream.situation, async () => {
      const situation = situations[stream.situation];
      assert.ok(situation !== undefined, 'nothing is played for it');
      const { got, wanted } = await played(situation, stream);
      assert.deepEqual(got, wanted);
    });
  }

  it('uses the given nodes and the given Kubernetes endpoint', async () => {
    await using cluster = await startCluster();
    await cluster.fault('apiserver-port-closed', 'cp-1');
    await cluster.fault('node-dead', 'worker-2');
    await cluster.fault('node-unregistered', 'worker-2');
    const [first, second, third, fourth] = cluster.nodes.map(({ address }) => address);
    assert.ok(first !== undefined && second !== undefined && third !== undefined && fourth !== undefined);
    using client = connect(cluster, 'os:admin');
    const given = { controlPlaneNodes: [first, second, third], workerNodes: [fourth] };
    for (const forceEndpoint of [second, `https://${second}:6443`]) {
      const clusterInfo = { ...given, forceEndpoint };
      const { code, messages } = await client.call(healthCheck, { waitTimeout: { seconds: 20n }, clusterInfo });
      assert.deepEqual(
        [code, messages[0]?.message],
        ['OK', `discovered nodes: ["${first}" "${second}" "${third}" "${fourth}"]`],
      );
    }
    const clusterInfo = { ...given, workerNodes: ['worker-1'] };
    const named = await client.call(healthCheck, { waitTimeout: { seconds: 20n }, clusterInfo });
    assert.deepEqual(
      [named.code, named.message, named.messages],
      ['UNKNOWN', 'ParseAddr("worker-1"): unable to parse IP', []],
    );
  });

  it('ends when it is cancelled', async () => {
    await using cluster = await startCluster();
    await cluster.fault('service-unhealthy', 'cp-2');
    using client = connect(cluster, 'os:admin');
    const stuck = 17;
    const until = (count: number): boolean => count === stuck;
    const { code, messages } = await client.call(healthCheck, { waitTimeout: { seconds: 60n } }, { until });
    assert.deepEqual([code, messages.length], ['CANCELLED', stuck]);
    assert.match(messages.at(-1)?.message ?? '', /service is not healthy: kubelet$/);
  });

  it('notices a healed cluster at its next attempt', async () => {
    const clock = new ManualClock();
    await using cluster = await startCluster({}, { clock });
    const fault = await cluster.fault('diagnostic', 'worker-1');
    using client = connect(cluster, 'os:admin');
    let ended = false;
    let seen = 0;
    const until = (count: number): boolean => {
      seen = count;
      return false;
    };
    const call = client.call(healthCheck, { waitTimeout: { seconds: 60n } }, { until }).finally(() => {
      ended = true;
    });
    for (; !ended; await setImmediate()) {
      clock.advance(20);
      // the discovered nodes, six checks with two lines each, and two lines of the seventh
      if (seen === 15) await fault.heal();
    }
    const { code, messages } = await call;
    assert.equal(code, 'OK');
    assert.deepEqual(
      messages.slice(14, 16).map(({ message }) => message),
      [
        `waiting for no diagnostics: active diagnostics: ${nodeOf(cluster, 'worker-1').address}: host and Kubernetes pod/service CIDR addresses overlap`,
        'waiting for no diagnostics: OK',
      ],
    );
  });
});
