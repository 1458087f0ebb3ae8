import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, describe, it } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../../sim/cluster.ts';
import { ask, get, names, optionsOf } from './client.ts';

const nodes = '/api/v1/nodes';
const pods = '/api/v1/namespaces/kube-system/pods';

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

const statusOf = async (kubeconfig: string, path = nodes): Promise<string> => {
  const { status, body } = await ask(kubeconfig, path);
  return `${status} ${JSON.parse(body).message}`;
};

describe('access to an API server', () => {
  const all = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'];

  it('admin and viewer can read with a certificate or a token on every control plane node', async () => {
    for (const user of ['admin', 'viewer'] as const) {
      for (const by of ['certificate', 'token'] as const) {
        assert.deepEqual(
          await names(cluster.kubeconfig({ user, by, through: 'cp-2' }), nodes),
          all,
          `${user} by ${by}`,
        );
      }
    }
  });

  it('supports HTTP/2', async () => {
    const { server, ca, cert, key } = optionsOf(cluster.kubeconfig());
    const session = connect(server, { ca, cert, key });
    try {
      const stream = session.request({ ':path': nodes });
      const [headers] = await once(stream, 'response');
      assert.equal(headers[':status'], 200);
      assert.equal(JSON.parse(await text(stream)).items.length, 5);
      assert.equal(session.alpnProtocol, 'h2');
    } finally {
      session.close();
    }
  });

  it('a user without rights gets Forbidden, as in Kubernetes', async () => {
    const nobody = cluster.kubeconfig({ user: 'nobody' });
    assert.deepEqual(await get(nobody, nodes), {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'nodes is forbidden: User "nobody" cannot list resource "nodes" in API group "" at the cluster scope',
      reason: 'Forbidden',
      details: { kind: 'nodes' },
      code: 403,
    });
    const inNamespace = 'in the namespace "kube-system"';
    assert.equal(
      await statusOf(nobody, `${pods}?watch=true`),
      `403 pods is forbidden: User "nobody" cannot watch resource "pods" in API group "" ${inNamespace}`,
    );
    assert.equal(
      await statusOf(nobody, '/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy'),
      `403 daemonsets "kube-proxy" is forbidden: User "nobody" cannot get resource "daemonsets" in API group "apps" ${inNamespace}`,
    );
    assert.equal(await statusOf(nobody, '/metrics'), '403 forbidden: User "nobody" cannot get path "/metrics"');
    assert.equal((await ask(nobody, '/readyz')).body, 'ok');
    assert.equal((await ask(nobody, '/apis')).status, 200);
  });

  it('unknown credentials are refused on every path', async () => {
    for (const kubeconfig of [
      cluster.kubeconfig({ signedBy: 'stranger' }),
      cluster.kubeconfig({ signedBy: 'stranger', by: 'token' }),
      cluster.kubeconfig({ validity: 'expired' }),
      cluster.kubeconfig({ validity: 'not-yet-valid' }),
    ]) {
      assert.equal(await statusOf(kubeconfig), '401 Unauthorized');
      assert.equal(await statusOf(kubeconfig, '/readyz'), '401 Unauthorized');
    }
  });

  it('may change its mind', async () => {
    const admin = cluster.kubeconfig();
    const unauthorized = await cluster.fault('kubernetes-unauthorized');
    assert.equal(await statusOf(admin), '401 Unauthorized');
    await unauthorized.heal();
    const forbidden = await cluster.fault('kubernetes-forbidden');
    assert.match(await statusOf(admin), /^403 nodes is forbidden: User "admin"/);
    await forbidden.heal();
    assert.equal((await ask(admin, nodes)).status, 200);
  });

  it('has a certificate of its cluster', async () => {
    await assert.rejects(ask(cluster.kubeconfig({ trusts: 'stranger' }), nodes), { code: /CERT|SIGNATURE|VERIFY/ });
  });

  it('only answers', async () => {
    const { status, body } = await ask(cluster.kubeconfig(), `${nodes}/cp-1`, 'DELETE');
    assert.deepEqual([status, JSON.parse(body).reason], [405, 'MethodNotAllowed']);
  });
});

describe('an API server that cannot answer', () => {
  it('hangs until it can', async () => {
    const fault = await cluster.fault('apiserver-hangs', 'cp-1');
    const late = names(cluster.kubeconfig(), nodes);
    assert.equal((await names(cluster.kubeconfig({ through: 'cp-2' }), nodes)).length, 5);
    await fault.heal();
    assert.equal((await late).length, 5);
  });

  it('waits for its etcd, unless it may answer from memory', async () => {
    const fault = await cluster.fault('etcd-hung', 'cp-1');
    const late = names(cluster.kubeconfig(), nodes);
    assert.equal((await names(cluster.kubeconfig(), `${nodes}?resourceVersion=0`)).length, 5);
    await fault.heal();
    assert.equal((await late).length, 5);
  });
});
