import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineScenario } from '../../sim/model/scenario.ts';
import { placeNodes } from '../../sim/network.ts';

const ports = { port: 50_000, kubernetesPort: 6443 };

describe('the addresses of the nodes', () => {
  it('are consecutive in the requested network', async () => {
    const places = await placeNodes(defineScenario({ controlPlanes: 1, workers: 1 }), { ...ports, subnet: '127.8.9' });
    assert.deepEqual(places, [
      {
        name: 'cp-1',
        address: '127.8.9.1',
        api: { host: '127.8.9.1', port: 50_000 },
        kubernetes: { host: '127.8.9.1', port: 6443 },
      },
      {
        name: 'worker-1',
        address: '127.8.9.2',
        api: { host: '127.8.9.2', port: 50_000 },
        kubernetes: { host: '127.8.9.2', port: 6443 },
      },
    ]);
  });

  it('are unique for many nodes', async () => {
    const places = await placeNodes(defineScenario({ workers: 1000 }), { ...ports, subnet: '127.8.240' });
    assert.equal(new Set(places.map(({ address }) => address)).size, 1003);
    assert.equal(places.at(-1)?.address, '127.8.244.3');
  });

  it('are ports of one address if the system has only one', async () => {
    const [first, second] = await placeNodes(defineScenario(), { ...ports, mode: 'ports' });
    assert.deepEqual([first?.address, second?.address], ['10.5.0.2', '10.5.0.3']);
    assert.deepEqual(first?.api, { host: '127.0.0.1', port: 0 });
  });
});
