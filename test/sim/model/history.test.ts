import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordServices, type ServiceRecord } from '../../../sim/model/history.ts';
import type { Service } from '../../../sim/model/services.ts';

const etcd = (state: string, health: Service['health'], message = ''): Service => ({
  id: 'etcd',
  state,
  health,
  message,
});

function record(...services: readonly Service[]): ServiceRecord {
  const records = services.reduce<readonly ServiceRecord[]>(
    (past, service, index) => recordServices(past, [service], (index + 1) * 1000),
    [],
  );
  const [last] = records;
  assert.ok(last !== undefined);
  return last;
}

const told = ({ events }: ServiceRecord) => events.map(({ state, message }) => `${state}: ${message}`);

describe('the events of a service', () => {
  it('go from its start to its health, as on a real machine', () => {
    const running = record(etcd('Running', 'healthy'));
    assert.deepEqual(told(running), [
      'Starting: Starting service',
      'Waiting: Waiting for volumes /var/lib, ETCD to be mounted, service "cri" to be "up", time sync, network, etcd spec',
      'Preparing: Running pre state',
      'Preparing: Creating service runner',
      'Running: Started task etcd (PID 1416) for container etcd',
      'Running: Health check successful',
    ]);
    assert.deepEqual(
      running.events.map(({ at }) => at),
      [950, 960, 970, 980, 990, 1000],
    );
    assert.equal(running.healthChangedAt, 1000);
  });

  it('stop where it stops, and go on from there', () => {
    const preparing = etcd('Preparing', 'unknown', 'Running pre state');
    assert.deepEqual(told(record(preparing)).at(-1), 'Preparing: Running pre state');
    assert.equal(record(preparing).healthChangedAt, undefined);
    assert.deepEqual(told(record(preparing, etcd('Running', 'unknown'))).slice(3), [
      'Running: Started task etcd (PID 1416) for container etcd',
    ]);
  });

  it('tell of failed health and of recovery', () => {
    const events = told(
      record(
        etcd('Running', 'healthy'),
        etcd('Running', 'unhealthy', 'context deadline exceeded'),
        etcd('Running', 'healthy'),
      ),
    );
    assert.deepEqual(events.slice(-2), [
      'Running: Health check failed: context deadline exceeded',
      'Running: Health check successful',
    ]);
  });

  it('tell of the end, and begin again', () => {
    const finished = etcd('Finished', 'unknown', 'Service finished successfully');
    const events = told(record(etcd('Running', 'healthy'), finished, etcd('Running', 'healthy')));
    assert.deepEqual(events.slice(6, 8), ['Finished: Service finished successfully', 'Starting: Starting service']);
    assert.equal(events.length, 13);
  });

  it('do not repeat what did not change', () => {
    assert.equal(record(etcd('Running', 'healthy'), etcd('Running', 'healthy')).events.length, 6);
  });
});
