import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../../sim/cluster.ts';
import { nodeOf } from '../client.ts';
import { ManualClock } from '../manual-clock.ts';
import { ask, get, names, type Seen } from './client.ts';

const nodes = '/api/v1/nodes';
const pods = '/api/v1/namespaces/kube-system/pods';
const daemonSets = '/apis/apps/v1/namespaces/kube-system/daemonsets';
const deployments = '/apis/apps/v1/namespaces/kube-system/deployments';

// certificates are real, and so is the day
const start = Math.floor(Date.now() / 1000) * 1000;
const at = (ms: number): string => new Date(start + ms).toISOString().replace('.000Z', 'Z');
const clock = new ManualClock(start);
let cluster: SimulatedCluster;
let admin: string;
before(async () => {
  cluster = await startCluster({}, { clock });
  admin = cluster.kubeconfig({ by: 'token' });
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

const conditionOf = (object: Seen, type: string) => object.status?.conditions?.find((one) => one.type === type);
const podsOf = (app: string): Promise<readonly string[]> => names(admin, `${pods}?labelSelector=k8s-app=${app}`);

/** `name` of each pod that is not Ready. */
async function unready(): Promise<readonly string[]> {
  const { items = [] } = await get(admin, pods);
  return items.filter((pod) => conditionOf(pod, 'Ready')?.status !== 'True').map(({ metadata }) => metadata.name);
}

describe('nodes in Kubernetes', () => {
  it('have roles, addresses and versions', async () => {
    const node = await get(admin, `${nodes}/cp-1`);
    assert.equal(node.kind, 'Node');
    assert.ok(node.metadata.labels !== undefined && 'node-role.kubernetes.io/control-plane' in node.metadata.labels);
    assert.deepEqual(node.status?.['addresses'], [
      { type: 'InternalIP', address: nodeOf(cluster, 'cp-1').address },
      { type: 'Hostname', address: 'cp-1' },
    ]);
    assert.equal(node.metadata.creationTimestamp, at(0));
    assert.deepEqual(conditionOf(node, 'Ready'), {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
      lastHeartbeatTime: at(0),
      lastTransitionTime: at(0),
    });
    assert.deepEqual(await names(admin, `${nodes}?labelSelector=!node-role.kubernetes.io/control-plane`), [
      'worker-1',
      'worker-2',
    ]);
  });

  it('are missing, or strange', async () => {
    await cluster.fault('node-unregistered', 'worker-1');
    await cluster.fault('kubernetes-extra-node');
    assert.deepEqual(await names(admin, nodes), ['cp-1', 'cp-2', 'cp-3', 'former-worker', 'worker-2']);
    assert.deepEqual(JSON.parse((await ask(admin, `${nodes}/worker-1`)).body), {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'nodes "worker-1" not found',
      reason: 'NotFound',
      details: { name: 'worker-1', kind: 'nodes' },
      code: 404,
    });
  });

  it('say why they are not ready, and since when', async () => {
    clock.advance(60_000);
    await cluster.fault('node-not-ready', 'worker-1', { reason: 'KubeletNotReady', message: 'PLEG is not healthy' });
    await cluster.fault('node-dead', 'worker-2');
    assert.deepEqual(conditionOf(await get(admin, `${nodes}/worker-1`), 'Ready'), {
      type: 'Ready',
      status: 'False',
      reason: 'KubeletNotReady',
      message: 'PLEG is not healthy',
      lastHeartbeatTime: at(60_000),
      lastTransitionTime: at(60_000),
    });
    const dead = await get(admin, `${nodes}/worker-2`);
    assert.deepEqual(
      dead.status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`),
      ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => `${type} Unknown NodeStatusUnknown`),
    );
    assert.equal(dead.metadata.creationTimestamp, at(0));
  });

  it('are cordoned, under pressure, without a network', async () => {
    await cluster.fault('node-cordoned', 'worker-1');
    await cluster.fault('node-pressure', 'worker-1');
    const cordoned = await get(admin, `${nodes}/worker-1`);
    assert.equal(cordoned.spec?.unschedulable, true);
    assert.equal(conditionOf(cordoned, 'DiskPressure')?.status, 'True');
    assert.equal(conditionOf(cordoned, 'Ready')?.status, 'True');
    assert.deepEqual(await names(admin, `${nodes}?fieldSelector=spec.unschedulable=true`), ['worker-1']);
    await cluster.fault('cni-missing');
    assert.match(
      conditionOf(await get(admin, `${nodes}/worker-1`), 'Ready')?.message ?? '',
      /NetworkPluginNotReady .*cni plugin not initialized$/,
    );
  });
});

describe('pods and what makes them', () => {
  it('a healthy cluster has its static pods, a kube-proxy a node and two of CoreDNS', async () => {
    assert.deepEqual(
      await podsOf('kube-scheduler'),
      ['cp-1', 'cp-2', 'cp-3'].map((node) => `kube-scheduler-${node}`),
    );
    assert.equal((await podsOf('kube-proxy')).length, 5);
    assert.equal((await podsOf('kube-dns')).length, 2);
    assert.equal((await names(admin, `${pods}?fieldSelector=spec.nodeName=cp-1`)).length, 4);
    assert.deepEqual(await names(admin, '/api/v1/namespaces/default/pods'), []);
    assert.equal((await names(admin, '/api/v1/pods')).length, 16);
    assert.deepEqual(await unready(), []);
  });

  it('static pods follow the machines', async () => {
    await cluster.fault('scheduler-not-ready', 'cp-1');
    await cluster.fault('apiserver-missing', 'cp-2');
    await cluster.fault('controller-manager-crash-loop', 'cp-3');
    await cluster.fault('static-pod-pending', 'worker-1');
    assert.deepEqual(await unready(), ['kube-controller-manager-cp-3', 'kube-scheduler-cp-1', 'kube-vip-worker-1']);
    assert.deepEqual(await podsOf('kube-apiserver'), ['kube-apiserver-cp-1', 'kube-apiserver-cp-3']);
    const crashing = await get(admin, `${pods}/kube-controller-manager-cp-3`);
    assert.match(JSON.stringify(crashing.status), /"reason":"CrashLoopBackOff"/);
  });

  it('Kubernetes takes Ready from all pods of a machine that is off, and moves CoreDNS', async () => {
    await cluster.fault('node-dead', 'worker-1');
    await cluster.fault('node-dead', 'worker-2');
    const [first, second, ...rest] = await unready();
    assert.match(`${first} ${second}`, /^kube-proxy-\w{5} kube-proxy-\w{5}$/);
    assert.deepEqual(rest, []);
    const { status } = await get(admin, `${daemonSets}/kube-proxy`);
    assert.deepEqual(
      [status?.['desiredNumberScheduled'], status?.['numberReady'], status?.['numberUnavailable']],
      [5, 3, 2],
    );
  });

  it('kube-proxy is not ready on one node, or not wanted', async () => {
    const fault = await cluster.fault('kube-proxy-not-ready', 'worker-1');
    const [pod] =
      (await get(admin, `${pods}?labelSelector=k8s-app=kube-proxy&fieldSelector=spec.nodeName=worker-1`)).items ?? [];
    assert.deepEqual(await unready(), [pod?.metadata.name]);
    assert.equal((await get(admin, `${daemonSets}/kube-proxy`)).status?.['numberReady'], 4);
    await fault.heal();
    await cluster.fault('kube-proxy-absent');
    assert.deepEqual([await podsOf('kube-proxy'), await names(admin, daemonSets)], [[], []]);
  });

  it('CoreDNS is not ready, short of a pod, or not wanted', async () => {
    const counted = async () => {
      const { spec, status } = await get(admin, `${deployments}/coredns`);
      const available = status?.conditions?.find(({ type }) => type === 'Available');
      return [spec?.replicas, status?.['replicas'], status?.['readyReplicas'], available?.status];
    };
    assert.deepEqual(await counted(), [2, 2, 2, 'True']);
    const unreadyPods = await cluster.fault('coredns-not-ready');
    assert.deepEqual(await counted(), [2, 2, undefined, 'False']);
    await unreadyPods.heal();
    const short = await cluster.fault('coredns-one-short');
    assert.deepEqual(await counted(), [2, 1, 1, 'True']);
    await short.heal();
    await cluster.fault('coredns-absent');
    assert.deepEqual(await names(admin, deployments), []);
  });

  it('no node would take CoreDNS without a pod network', async () => {
    await cluster.fault('cni-missing');
    const { items = [] } = await get(admin, `${pods}?labelSelector=k8s-app=kube-dns`);
    assert.deepEqual(
      items.map((pod) => [pod.spec?.nodeName, pod.status?.['phase'], conditionOf(pod, 'PodScheduled')?.reason]),
      Array.from({ length: 2 }, () => [undefined, 'Pending', 'Unschedulable']),
    );
  });
});

describe('lists', () => {
  it('come in pages', async () => {
    const first = await get(admin, `${nodes}?limit=2`);
    assert.deepEqual([first.items?.length, first.metadata.remainingItemCount], [2, 3]);
    const rest = await get(admin, `${nodes}?limit=3&continue=${first.metadata.continue}`);
    assert.deepEqual(
      rest.items?.map(({ metadata }) => metadata.name),
      ['cp-3', 'worker-1', 'worker-2'],
    );
    assert.equal(rest.metadata.continue, undefined);
  });

  it('count versions over all objects', async () => {
    const before = await get(admin, nodes);
    await cluster.fault('node-cordoned', 'worker-1');
    const after = await get(admin, nodes);
    assert.ok(Number(after.metadata.resourceVersion) > Number(before.metadata.resourceVersion));
    const changed = after.items?.filter(
      ({ metadata }, index) => metadata.resourceVersion !== before.items?.[index]?.metadata.resourceVersion,
    );
    assert.deepEqual(
      changed?.map(({ metadata }) => metadata.name),
      ['worker-1'],
    );
  });

  it('are of kinds that there are', async () => {
    assert.deepEqual(await ask(admin, '/api/v1/configmaps'), { status: 404, body: '404 page not found\n' });
    assert.equal((await ask(admin, `${nodes}?labelSelector=a in b`)).status, 400);
    const { resources } = JSON.parse((await ask(admin, '/apis/apps/v1')).body);
    assert.deepEqual(
      resources.map(({ name }: { name: string }) => name),
      ['daemonsets', 'deployments', 'replicasets'],
    );
  });
});
