import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { type SimulatedCluster, startCluster } from '../../../sim/cluster.ts';
import { State } from '../../../sim/gen/cosi/resource/resource_pb.ts';
import { MachineService } from '../../../sim/gen/machine/machine_pb.ts';
import {
  ClusterStatusSpec_Phase,
  ClusterStatusSpecSchema,
  TalosUpgradeStatusSpec_Phase,
  TalosUpgradeStatusSpecSchema,
} from '../../../sim/gen/omni/specs/omni_pb.ts';
import type { Omni } from '../../../sim/omni/omni.ts';
import { nodeOf } from '../client.ts';
import { OmniClient, type SignedCallOptions } from './client.ts';

const { version, kubeconfig, serviceList } = MachineService.method;
const { get, list } = State.method;
const talos = { runtime: 'Talos', context: 'demo' };

describe('Omni in front of a simulated cluster', () => {
  let cluster: SimulatedCluster;
  let omni: Omni;
  before(async () => {
    cluster = await startCluster({ controlPlanes: 2, workers: 1, omni: true, sharedAddress: '192.168.0.1' });
    assert(cluster.omni !== undefined);
    omni = cluster.omni;
  });
  after(() => cluster.stop());

  /** The status of a call of `Version`. */
  async function statusOf(options: SignedCallOptions, account = omni.createAccount('ci')): Promise<[string, string]> {
    using client = new OmniClient(omni, account);
    const { code, message } = await client.call(version, {}, options);
    return [code, message];
  }

  const invalid = ['UNAUTHENTICATED', 'invalid signature'];
  const notFound = ['NOT_FOUND', 'resolve nodes: node not found, cannot resolve its management address'];

  it('forwards to the node, by its name or its address, without a node that forwards', async () => {
    using client = new OmniClient(omni, omni.createAccount('ci'));
    cluster.resetCalls();
    for (const node of ['worker-1', nodeOf(cluster, 'worker-1').address]) {
      const { code, messages } = await client.call(version, {}, { unsigned: { node } });
      assert.deepEqual([code, messages[0]?.messages[0]?.version?.tag], ['OK', 'v1.14.0']);
    }
    assert.deepEqual(cluster.calls, [{ node: 'worker-1', method: '/machine.MachineService/Version', count: 2 }]);
  });

  it('without a node asks the control planes in turns, those that it reaches', async () => {
    cluster.resetCalls();
    for (let call = 0; call < 4; call += 1) assert.deepEqual(await statusOf({}), ['OK', '']);
    assert.deepEqual(cluster.calls.map(({ node, count }) => `${node} ${count}`).sort(), ['cp-1 2', 'cp-2 2']);
    const fault = await cluster.fault('node-dead', 'cp-2');
    cluster.resetCalls();
    for (let call = 0; call < 2; call += 1) assert.deepEqual(await statusOf({}), ['OK', '']);
    assert.deepEqual(
      cluster.calls.map(({ node, count }) => `${node} ${count}`),
      ['cp-1 2'],
    );
    await fault.heal();
  });

  it('sends `nodes` through a control plane, which names the nodes in its answer', async () => {
    using client = new OmniClient(omni, omni.createAccount('ci'));
    const { messages } = await client.call(serviceList, {}, { headers: { ...talos, nodes: ['cp-2', 'worker-1'] } });
    const names = messages[0]?.messages.map(({ metadata }) => metadata?.hostname).sort();
    assert.deepEqual(names, [nodeOf(cluster, 'cp-2').address, nodeOf(cluster, 'worker-1').address].sort());
  });

  it('an account acts as os:reader or os:operator, and gets no kubeconfig', async () => {
    for (const role of ['Reader', 'Operator', 'Admin'] as const) {
      using client = new OmniClient(omni, omni.createAccount('ci', { role }));
      const { code, message } = await client.call(kubeconfig, {}, { unsigned: { node: 'cp-1' } });
      assert.deepEqual([code, message], ['PERMISSION_DENIED', 'not authorized'], role);
    }
    assert.deepEqual(await statusOf({}, omni.createAccount('ci', { role: 'None' })), [
      'PERMISSION_DENIED',
      'unauthorized: access denied: insufficient role: "None"',
    ]);
  });

  it('refuses a key that it does not know, or that has expired', async () => {
    assert.deepEqual(await statusOf({}, omni.createAccount('ci', { registered: false })), invalid);
    assert.deepEqual(await statusOf({}, omni.createAccount('ci', { validity: 'expired' })), invalid);
  });

  it('refuses calls that are not signed', async () => {
    using client = new OmniClient(omni);
    const { code, message } = await client.call(version, {});
    assert.deepEqual([code, message], ['UNAUTHENTICATED', 'unauthenticated: missing valid signature']);
  });

  it('allows five minutes between its clock and the caller’s', async () => {
    for (const ahead of [-295, 295]) assert.deepEqual(await statusOf({ ahead }), ['OK', ''], String(ahead));
    for (const ahead of [-301, 305]) assert.deepEqual(await statusOf({ ahead }), invalid, String(ahead));
    omni.clockSkew = 310_000;
    assert.deepEqual(await statusOf({}), invalid);
    assert.deepEqual(await statusOf({ ahead: 20 }), ['OK', '']);
    omni.clockSkew = 0;
  });

  it('refuses a payload that is not of the call, or that was signed for another', async () => {
    const wrong: Readonly<Record<string, SignedCallOptions>> = {
      'another method': { payload: (payload) => ({ ...payload, method: '/machine.MachineService/Reboot' }) },
      'a header left out': { payload: ({ headers, method }) => ({ method, headers: { ...headers, context: null } }) },
      'a header that the call has not': {
        payload: ({ headers, method }) => ({ method, headers: { ...headers, nodes: ['cp-1'] } }),
      },
      'an empty list': { payload: ({ headers, method }) => ({ method, headers: { ...headers, nodes: [] } }) },
      'another value': { payload: ({ headers, method }) => ({ method, headers: { ...headers, context: ['other'] } }) },
      'field selectors': {
        headers: { ...talos, fieldSelectors: 'a' },
      },
      'no JSON': { payload: () => 'text' },
      'another version': { signature: (header) => header.replace('siderov1', 'siderov2') },
      'a signature that is cut off': { signature: (header) => header.slice(0, -40) },
      'no signature': { signature: (header) => header.split(' ').slice(0, 3).join(' ') },
    };
    for (const [name, options] of Object.entries(wrong)) assert.deepEqual(await statusOf(options), invalid, name);
    const withNulls: SignedCallOptions = {
      payload: ({ headers, method }) => ({ method, headers: { ...headers, nodes: null } }),
      headers: { ...talos, namespace: 'default', uid: 'x' },
    };
    assert.deepEqual(await statusOf(withNulls), ['OK', '']);
  });

  it('answers what it does not know before it looks at the signature', async () => {
    using client = new OmniClient(omni);
    const statusFor = async (headers: Readonly<Record<string, string>>) => {
      const { code, message } = await client.call(version, {}, { headers });
      return [code, message];
    };
    assert.deepEqual(await statusFor({ ...talos, node: 'worker-9' }), notFound);
    assert.deepEqual(await statusFor({ ...talos, node: '192.168.0.1' }), notFound);
    assert.deepEqual(await statusFor({ ...talos, context: 'other', node: 'cp-1' }), notFound);
    assert.deepEqual(await statusFor({ ...talos, node: '' }), ['INVALID_ARGUMENT', 'resolve nodes: empty node value']);
    assert.deepEqual(await statusFor({ ...talos, context: 'other' }), [
      'UNAVAILABLE',
      'cluster "other" endpoint not found',
    ]);
    assert.deepEqual(await statusFor({ runtime: 'Talos' }), [
      'INVALID_ARGUMENT',
      'at least one of cluster, node, or nodes must be specified',
    ]);
  });

  it('a node that is down is unavailable or hangs, and the others answer', async () => {
    const { address } = nodeOf(cluster, 'worker-1');
    const dead = await cluster.fault('node-dead', 'worker-1');
    assert.deepEqual(await statusOf({ unsigned: { node: 'worker-1' } }), [
      'UNAVAILABLE',
      `connection error: desc = "transport: Error while dialing: dial tcp ${address}:50000: connect: connection refused"`,
    ]);
    await dead.heal();
    const frozen = await cluster.fault('node-frozen', 'worker-1');
    const [code] = await statusOf({ unsigned: { node: 'worker-1' }, timeoutMs: 300 });
    assert.equal(code, 'DEADLINE_EXCEEDED');
    assert.deepEqual(await statusOf({ unsigned: { node: 'cp-1' } }), ['OK', '']);
    await frozen.heal();
  });

  it('itself can be down, and comes back at the same port', async () => {
    const { endpoint } = omni;
    await omni.set('closed');
    const [code] = await statusOf({});
    assert.equal(code, 'UNAVAILABLE');
    await omni.set('open');
    assert.equal(omni.endpoint, endpoint);
    assert.deepEqual(await statusOf({}), ['OK', '']);
  });

  describe('its own resources', () => {
    const clusterStatus = { namespace: 'default', type: 'ClusterStatuses.omni.sidero.dev', id: 'demo' };
    const upgradeStatus = { ...clusterStatus, type: 'TalosUpgradeStatuses.omni.sidero.dev' };

    async function read(request: typeof clusterStatus): Promise<Uint8Array> {
      using client = new OmniClient(omni, omni.createAccount('ci'));
      const { code, message, messages } = await client.call(get, request, { headers: {} });
      assert.deepEqual([code, message], ['OK', '']);
      return messages[0]?.resource?.spec?.protoSpec ?? new Uint8Array();
    }

    it('say how many machines there are and shall be', async () => {
      const healthy = fromBinary(ClusterStatusSpecSchema, await read(clusterStatus));
      const { total, healthy: well, connected, requested } = healthy.machines ?? {};
      assert.deepEqual([total, well, connected, requested], [3, 3, 3, 3]);
      assert.deepEqual([healthy.phase, healthy.ready], [ClusterStatusSpec_Phase.RUNNING, true]);
      const fault = await cluster.fault('node-dead', 'worker-1');
      await cluster.change((state) => ({ ...state, omni: { requestedMachines: 5 } }));
      const { machines, phase, ready } = fromBinary(ClusterStatusSpecSchema, await read(clusterStatus));
      assert.deepEqual([machines?.total, machines?.connected, machines?.requested], [3, 2, 5]);
      assert.deepEqual([phase, ready], [ClusterStatusSpec_Phase.SCALING_UP, false]);
      await fault.heal();
      await cluster.change((state) => ({ ...state, omni: {} }));
    });

    it('say which step an upgrade of Talos is at', async () => {
      const idle = fromBinary(TalosUpgradeStatusSpecSchema, await read(upgradeStatus));
      assert.deepEqual([idle.phase, idle.step], [TalosUpgradeStatusSpec_Phase.Done, '']);
      const upgrade = { phase: 'Upgrading', step: 'current machine: 1', status: 'updating machines 1/3' } as const;
      await cluster.change((state) => ({ ...state, omni: { upgrade } }));
      const { phase, step, status } = fromBinary(TalosUpgradeStatusSpecSchema, await read(upgradeStatus));
      assert.deepEqual([phase, step, status], [TalosUpgradeStatusSpec_Phase.Upgrading, upgrade.step, upgrade.status]);
      await cluster.change((state) => ({ ...state, omni: {} }));
    });

    it('are for readers, and only the types that there are', async () => {
      const statusFor = async (account: ReturnType<Omni['createAccount']>, type: string) => {
        using client = new OmniClient(omni, account);
        const { code } = await client.call(list, { ...clusterStatus, type }, { headers: {} });
        return code;
      };
      const { type } = clusterStatus;
      assert.equal(await statusFor(omni.createAccount('ci'), type), 'OK');
      assert.equal(await statusFor(omni.createAccount('ci', { role: 'None' }), type), 'PERMISSION_DENIED');
      assert.equal(await statusFor(omni.createAccount('ci', { registered: false }), type), 'UNAUTHENTICATED');
      assert.equal(await statusFor(omni.createAccount('ci'), 'Secrets.omni.sidero.dev'), 'PERMISSION_DENIED');
    });
  });
});
