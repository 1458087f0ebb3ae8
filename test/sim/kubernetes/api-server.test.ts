import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:https';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { type SimulatedCluster, startCluster } from '../../../sim/cluster.ts';
import { podSpec } from '../../../sim/cosi/pods.ts';
import { ListResponseSchema } from '../../../sim/gen/cosi/resource/resource_pb.ts';
import { StaticPodSpecSchema } from '../../../sim/gen/talos/resource/definitions/definitions_pb.ts';
import { staticPodStatuses } from '../../../sim/model/kubernetes.ts';
import { defineScenario, type Scenario } from '../../../sim/model/scenario.ts';
import { findNode } from '../../../sim/model/state.ts';
import { answerBytes, recordedCall } from '../../fixtures/recorded.ts';
import { nodeOf } from '../client.ts';
import { healthyCluster, withFault } from '../model/cluster.ts';

/** Status and body of an anonymous request, or the error. */
async function ask(cluster: SimulatedCluster, name: string, path: string): Promise<string> {
  const request = get(`https://${nodeOf(cluster, name).kubernetes}${path}`, {
    rejectUnauthorized: false,
    agent: false,
  });
  try {
    const [response] = await once(request, 'response');
    return `${response.statusCode} ${await text(response)}`;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly containers: readonly Readonly<Record<string, { readonly httpGet: { readonly path: string } }>>[];
  };
}

const asPod = (value: unknown): Pod => JSON.parse(JSON.stringify(value));

const nameOf = (pod: unknown): string => asPod(pod).metadata.name;

/** The probes of the pod's container, with their paths. */
function probesOf(pod: unknown): readonly string[] {
  return Object.entries(asPod(pod).spec.containers[0] ?? {})
    .filter(([key]) => key.endsWith('Probe'))
    .map(([key, { httpGet }]) => `${key} ${httpGet.path}`)
    .sort();
}

async function using(overrides: Partial<Scenario>, test: (cluster: SimulatedCluster) => Promise<void>): Promise<void> {
  await using cluster = await startCluster(overrides);
  await test(cluster);
}

describe('kube-apiserver of a control plane', () => {
  it('answers anybody about its health and version, and nobody about the rest', () =>
    using({}, async (cluster) => {
      assert.equal(await ask(cluster, 'cp-1', '/readyz'), '200 ok');
      assert.equal(await ask(cluster, 'cp-2', '/livez'), '200 ok');
      assert.match(
        await ask(cluster, 'cp-1', '/readyz?verbose'),
        /^200 \[\+\]ping ok\n[\s\S]*\nreadyz check passed\n$/,
      );
      assert.match(await ask(cluster, 'cp-3', '/version'), /^200 [\s\S]*"gitVersion":"v1\.36\.0"/);
      assert.match(
        await ask(cluster, 'cp-1', '/api/v1/nodes'),
        /^403 .*User \\"system:anonymous\\" cannot list resource \\"nodes\\"/,
      );
    }));

  it('says 401 in an older cluster', () =>
    using({ anonymousProbes: false }, async (cluster) => {
      assert.match(await ask(cluster, 'cp-1', '/readyz'), /^401 [\s\S]*"reason":"Unauthorized"/);
    }));

  it('names the parts that fail', () =>
    using({}, async (cluster) => {
      await cluster.fault('etcd-hung', 'cp-1');
      await cluster.fault('apiserver-readyz-failing', 'cp-2', { part: 'poststarthook/something' });
      const failing = async (name: string) => (await ask(cluster, name, '/readyz')).match(/\[-\].*/g);
      assert.deepEqual(await failing('cp-1'), [
        '[-]etcd failed: reason withheld',
        '[-]etcd-readiness failed: reason withheld',
      ]);
      assert.deepEqual(await failing('cp-2'), ['[-]poststarthook/something failed: reason withheld']);
      assert.equal(await failing('cp-3'), null);
      assert.match(await ask(cluster, 'cp-1', '/readyz'), /^500 /);
    }));

  it('is not there when its pod is not, when the port is closed, or the machine off', () =>
    using({}, async (cluster) => {
      await cluster.fault('apiserver-crash-loop', 'cp-1');
      const closed = await cluster.fault('apiserver-port-closed', 'cp-2');
      await cluster.fault('node-dead', 'cp-3');
      for (const name of ['cp-1', 'cp-2', 'cp-3']) assert.equal(await ask(cluster, name, '/readyz'), 'ECONNREFUSED');
      await closed.heal();
      assert.equal(await ask(cluster, 'cp-2', '/readyz'), '200 ok');
    }));

  it('does not even refuse where packets vanish, and is back afterwards', { skip: process.platform !== 'linux' }, () =>
    using({}, async (cluster) => {
      const fault = await cluster.fault('apiserver-packets-vanish', 'cp-1');
      const [host, port] = (nodeOf(cluster, 'cp-1').kubernetes ?? '').split(':');
      const socket = connect({ host: host ?? '', port: Number(port) });
      const connected = once(socket, 'connect').then(() => 'connected');
      const silence = new Promise((resolve) => setTimeout(resolve, 200, 'nothing'));
      assert.equal(await Promise.race([connected, silence]), 'nothing');
      assert.equal(await ask(cluster, 'cp-2', '/readyz'), '200 ok');
      connected.catch(() => undefined);
      socket.destroy();
      await fault.heal();
      assert.equal(await ask(cluster, 'cp-1', '/readyz'), '200 ok');
    }),
  );

  it('is ready for the kubelet as soon as it lives, where there are no probes', () => {
    const podOf = (scenario: Partial<Scenario>) => {
      const state = withFault(healthyCluster(scenario), 'apiserver-readyz-failing', 'cp-1');
      const node = findNode(state, 'cp-1');
      return staticPodStatuses(state, node).find(({ pod }) => pod === 'kube-apiserver')?.state;
    };
    assert.equal(podOf({}), 'not-ready');
    assert.equal(podOf({ apiServerProbes: false }), 'ready');
    assert.equal(podOf({ talosVersion: 'v1.13.9' }), 'ready');
    assert.equal(podOf({ anonymousProbes: false }), 'ready');
  });

  it('and the others have the probes that were recorded', () => {
    const call = recordedCall('k8s-apiserver-hung', 'k3-hung-60s-reader-StaticPods');
    const recordedPods = answerBytes(call).map((bytes) => {
      const spec = fromBinary(ListResponseSchema, bytes).resource?.spec?.protoSpec ?? new Uint8Array();
      return fromBinary(StaticPodSpecSchema, spec).pod;
    });
    const scenario = defineScenario({ talosVersion: 'v1.13.9' });
    for (const pod of recordedPods) {
      const name = nameOf(pod);
      assert.deepEqual(probesOf(podSpec(scenario, name)), probesOf(pod), name);
    }
    assert.deepEqual(probesOf(podSpec(defineScenario(), 'kube-apiserver')), [
      'livenessProbe /livez',
      'readinessProbe /readyz',
      'startupProbe /livez',
    ]);
  });

  it('is not there without Kubernetes', () =>
    using({ kubernetes: false }, async (cluster) => {
      assert.equal(await ask(cluster, 'cp-1', '/readyz'), 'ECONNREFUSED');
    }));
});
