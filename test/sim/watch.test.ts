import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { EventType, State, type WatchResponse } from '../../sim/gen/cosi/resource/resource_pb.ts';
import { connect } from './client.ts';

const { watch } = State.method;
const machineStatus = { namespace: 'runtime', type: 'MachineStatuses.runtime.talos.dev', id: 'machine', apiVersion: 1 };
const services = { namespace: 'runtime', type: 'Services.v1alpha1.talos.dev', apiVersion: 1 };

const kinds = new Map<number, string>(Object.entries(EventType).map(([name, value]) => [value, name]));

/** `UPDATED etcd@3 (old @2)`, and `-` for the answer without an event. */
function told(responses: readonly WatchResponse[]): readonly string[] {
  return responses.map(({ event }) =>
    event.length === 0
      ? '-'
      : event
          .map(({ eventType, resource, old }) => {
            const { id, version } = resource?.metadata ?? {};
            return `${kinds.get(eventType)} ${id}@${version}${old === undefined ? '' : ` (old @${old.metadata?.version})`}`;
          })
          .join('; '),
  );
}

/** The answers to a watch; `steps` happen after so many answers. */
async function watched(
  cluster: SimulatedCluster,
  request: Parameters<ReturnType<typeof connect>['call']>[1],
  answers: number,
  steps: Readonly<Record<number, () => unknown>> = {},
): Promise<readonly string[]> {
  using client = connect(cluster);
  const { messages } = await client.call(watch, request, {
    until: (count) => {
      void steps[count]?.();
      return count === answers;
    },
  });
  return told(messages);
}

describe('a watch', () => {
  it('of one resource begins with its current state and sends changes with the old one', async () => {
    await using cluster = await startCluster();
    const seen = await watched(cluster, machineStatus, 3, { 2: () => cluster.fault('upgrading', 'cp-1') });
    assert.deepEqual(seen, ['-', 'CREATED machine@1', 'UPDATED machine@2 (old @1)']);
  });

  it('of a missing resource reports that and waits for it', async () => {
    await using cluster = await startCluster();
    const request = { ...machineStatus, type: 'Diagnostics.runtime.talos.dev', id: 'address-overlap' };
    const seen = await watched(cluster, request, 3, { 2: () => cluster.fault('diagnostic', 'cp-1') });
    assert.deepEqual(seen, ['-', 'DESTROYED address-overlap@undefined', 'CREATED address-overlap@1']);
  });

  it('of a type sends only changes, unless the current state is requested', async () => {
    await using cluster = await startCluster({ platform: { name: 'container', mode: 'container' } });
    const fail = () => cluster.fault('kubelet-failed', 'cp-1');
    assert.deepEqual(await watched(cluster, services, 2, { 1: fail }), ['-', 'DESTROYED kubelet@1']);
    const present = ['apid', 'containerd', 'cri', 'etcd', 'machined', 'trustd'].map((id) => `CREATED ${id}@1`);
    const bootstrap = { ...services, options: { bootstrapContents: true } };
    assert.deepEqual(await watched(cluster, bootstrap, 8), ['-', ...present, 'BOOTSTRAPPED @undefined']);
    const aggregated = { ...services, options: { bootstrapContents: true, aggregated: true } };
    assert.deepEqual(await watched(cluster, aggregated, 2), ['-', [...present, 'BOOTSTRAPPED @undefined'].join('; ')]);
  });

  it('ends when its machine is powered off, and can be reopened', async () => {
    await using cluster = await startCluster();
    using client = connect(cluster);
    const { code, message, messages } = await client.call(watch, machineStatus, {
      node: 'worker-1',
      until: (count) => {
        if (count === 2) void cluster.fault('node-dead', 'worker-1');
        return false;
      },
    });
    assert.deepEqual([code, message, messages.length], ['UNAVAILABLE', 'error reading from server: EOF', 2]);
  });

  it('pauses on a frozen machine and resumes', async () => {
    await using cluster = await startCluster();
    using client = connect(cluster);
    const { messages } = await client.call(watch, machineStatus, {
      node: 'worker-1',
      until: (count) => {
        if (count === 2) {
          void (async () => {
            const frozen = await cluster.fault('node-frozen', 'worker-1');
            await cluster.fault('upgrading', 'worker-1');
            await frozen.heal();
          })();
        }
        return count === 3;
      },
    });
    assert.deepEqual(told(messages), ['-', 'CREATED machine@1', 'UPDATED machine@2 (old @1)']);
  });

  it('releases its resources when it is cancelled', async () => {
    await using cluster = await startCluster();
    for (let round = 0; round < 20; round += 1) await watched(cluster, machineStatus, 2);
    await cluster.fault('upgrading', 'cp-1');
    assert.deepEqual(await watched(cluster, machineStatus, 2), ['-', 'CREATED machine@2']);
  });
});
