import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { startCluster } from '../../sim/cluster.ts';
import { State } from '../../sim/gen/cosi/resource/resource_pb.ts';
import { MachineService } from '../../sim/gen/machine/machine_pb.ts';
import { connect, nodeOf } from './client.ts';
import { names } from './kubernetes/client.ts';

const machine = MachineService.method;
const state = State.method;
const machineStatus = { namespace: 'runtime', type: 'MachineStatuses.runtime.talos.dev', id: 'machine' };

describe('a simulated cluster', () => {
  it('answers for every node through every control plane, by address and by name', async () => {
    await using cluster = await startCluster();
    for (const through of ['cp-1', 'cp-3']) {
      using client = connect(cluster, 'os:reader', { through });
      for (const { name, address } of cluster.nodes) {
        for (const node of [name, address]) {
          const { messages } = await client.ask(machine.version, {}, { node });
          assert.equal(messages[0]?.version?.tag, 'v1.14.0');
        }
      }
    }
  });

  it('works on ports of one address if the system has only one', async () => {
    await using cluster = await startCluster({}, { mode: 'ports' });
    assert.match(cluster.endpoints.join(' '), /^(127\.0\.0\.1:\d+ ?){3}$/);
    const fault = await cluster.fault('node-dead', 'cp-2');
    await fault.heal();
    for (const through of ['cp-1', 'cp-2']) {
      using client = connect(cluster, 'os:reader', { through });
      await client.ask(machine.version, {}, { node: '10.5.0.5' });
    }
  });

  it('counts calls at the node that receives them', async () => {
    await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
    using client = connect(cluster);
    await client.ask(machine.version, {});
    await client.ask(machine.version, {}, { node: 'worker-1' });
    await client.ask(machine.memory, {}, { nodes: ['cp-1', 'worker-1'] });
    assert.deepEqual(cluster.calls, [
      { node: 'cp-1', method: '/machine.MachineService/Version', count: 1 },
      { node: 'cp-1', method: '/machine.MachineService/Memory', count: 1 },
      { node: 'worker-1', method: '/machine.MachineService/Version', count: 1 },
      { node: 'worker-1', method: '/machine.MachineService/Memory', count: 1 },
    ]);
    cluster.resetCalls();
    assert.deepEqual(cluster.calls, []);
  });

  it('a powered-off machine refuses connections until it is healed', async () => {
    await using cluster = await startCluster();
    using through = connect(cluster);
    using directly = connect(cluster, 'os:reader', { through: 'worker-1' });
    const fault = await cluster.fault('node-dead', 'worker-1');
    const { address } = nodeOf(cluster, 'worker-1');
    assert.deepEqual(await through.call(machine.version, {}, { node: address }), {
      code: 'UNAVAILABLE',
      message: `connection error: desc = "transport: Error while dialing: dial tcp ${address}:50000: connect: connection refused"`,
      messages: [],
    });
    assert.match((await directly.call(machine.version, {})).message, /connect ECONNREFUSED/);
    await fault.heal();
    await through.ask(machine.version, {}, { node: address });
    using again = connect(cluster, 'os:reader', { through: 'worker-1' });
    await again.ask(machine.version, {});
  });

  it('a frozen machine answers after it is healed', async () => {
    await using cluster = await startCluster();
    const fault = await cluster.fault('node-frozen', 'worker-1');
    using through = connect(cluster);
    using directly = connect(cluster, 'os:reader', { through: 'worker-1' });
    const calls = [
      through.call(machine.version, {}, { node: 'worker-1' }),
      directly.call(machine.version, {}),
      through.call(machine.version, {}, { node: 'worker-1', timeoutMs: 50 }),
    ];
    assert.equal((await calls[2])?.code, 'DEADLINE_EXCEEDED');
    await fault.heal();
    assert.deepEqual([(await calls[0])?.code, (await calls[1])?.code], ['OK', 'OK']);
  });

  it('a machine with a hung machined still forwards calls', async () => {
    await using cluster = await startCluster();
    await cluster.fault('machined-hung', 'cp-1');
    using client = connect(cluster);
    assert.equal((await client.call(machine.version, {}, { timeoutMs: 50 })).code, 'DEADLINE_EXCEEDED');
    await client.ask(machine.version, {}, { node: 'cp-2' });
  });

  it('a hung etcd answers after it is healed', async () => {
    await using cluster = await startCluster();
    const fault = await cluster.fault('etcd-hung', 'cp-2');
    using client = connect(cluster);
    const late = client.ask(machine.etcdStatus, {}, { node: 'cp-2' });
    assert.equal(
      (await client.call(machine.etcdAlarmList, {}, { node: 'cp-2', timeoutMs: 50 })).code,
      'DEADLINE_EXCEEDED',
    );
    await fault.heal();
    assert.deepEqual((await late).messages[0]?.memberStatus?.errors, []);
  });

  it('a machine in maintenance mode is not trusted by its cluster', async () => {
    await using cluster = await startCluster();
    await cluster.fault('node-maintenance', 'worker-2');
    using through = connect(cluster);
    const { code, message } = await through.call(machine.version, {}, { node: 'worker-2' });
    assert.equal(code, 'UNAVAILABLE');
    assert.match(
      message,
      /authentication handshake failed: tls: failed to verify certificate: x509: certificate signed by unknown authority"$/,
    );
    // whoever trusts it anyway may look
    using directly = connect(cluster, 'none', { through: 'worker-2', trusts: 'stranger' });
    const { resource } = await directly.ask(state.get, machineStatus);
    assert.equal(resource?.spec?.yamlSpec, 'stage: maintenance\nstatus:\n    ready: true\n    unmetConditions: []\n');
  });

  it('an older Talos lacks a resource type, and some types have only YAML', async () => {
    await using cluster = await startCluster();
    await cluster.fault('resource-unsupported', 'cp-1', { type: 'Diagnostics.runtime.talos.dev' });
    await cluster.fault('resource-yaml-only', 'cp-1');
    using client = connect(cluster);
    assert.deepEqual(await client.call(state.list, { namespace: 'runtime', type: 'Diagnostics.runtime.talos.dev' }), {
      code: 'PERMISSION_DENIED',
      message: 'resource type "Diagnostics.runtime.talos.dev" is not supported',
      messages: [],
    });
    const { resource } = await client.ask(state.get, machineStatus);
    assert.equal(resource?.spec?.protoSpec.length, 0);
    assert.match(resource?.spec?.yamlSpec ?? '', /^stage: running\n/);
  });

  it('issues a working kubeconfig to administrators only, also on ports of one address', async () => {
    await using cluster = await startCluster({}, { mode: 'ports' });
    using reader = connect(cluster, 'os:reader');
    using admin = connect(cluster, 'os:admin');
    assert.equal((await reader.call(machine.kubeconfig, {})).code, 'PERMISSION_DENIED');
    const { bytes } = await admin.ask(machine.kubeconfig, {});
    const kubeconfig = gunzipSync(bytes).toString('utf8', 512);
    assert.match(kubeconfig, /^apiVersion: v1\nkind: Config\n/);
    assert.equal((await names(kubeconfig, '/api/v1/nodes')).length, 5);
  });

  it('returns the last lines of a log', async () => {
    await using cluster = await startCluster();
    await cluster.fault('kubelet-failed', 'worker-1');
    using client = connect(cluster);
    const request = { namespace: 'system', id: 'kubelet', tailLines: 1 };
    const { bytes } = await client.ask(machine.logs, request, { node: 'worker-1' });
    assert.match(Buffer.from(bytes).toString(), /level=error msg="Failed to run pre stage: .*not found"\n$/);
    const unknown = await client.call(machine.logs, { ...request, id: 'nothing' });
    assert.deepEqual([unknown.code, unknown.message], ['UNKNOWN', 'log "nothing" was not registered']);
  });

  it('reports the address on which it cannot listen', async () => {
    await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
    const { address } = nodeOf(cluster, 'cp-1');
    const subnet = address.replace(/\.\d+$/, '');
    await assert.rejects(startCluster({ controlPlanes: 1, workers: 0 }, { subnet, kubernetesPort: 0 }), {
      message: `a simulated node cannot listen on ${address}:50000 (listen EADDRINUSE: address already in use ${address}:50000): stop what listens there, or choose another port or network for the simulated cluster`,
    });
  });

  it('closes all ports when it is stopped', async () => {
    const cluster = await startCluster();
    const { endpoint, name } = nodeOf(cluster, 'cp-1');
    using client = connect(cluster);
    await client.ask(machine.version, {});
    await cluster.stop();
    assert.equal((await client.call(machine.version, {})).code, 'UNAVAILABLE', `${name} at ${endpoint}`);
  });
});
