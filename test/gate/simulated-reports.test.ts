import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import type { Fault } from '../../sim/faults/fault.ts';
import { type FaultName, faults } from '../../sim/faults/faults.ts';
import type { Host } from '../../src/host.ts';
import type { RawInputs } from '../../src/inputs/table.ts';
import { run } from '../builders/run.ts';

const host: Host = {
  env: {},
  mask: () => undefined,
  openProgress: () => ({
    interval: 60_000,
    onRound: () => undefined,
    onTime: () => undefined,
    [Symbol.dispose]: () => undefined,
  }),
  signal: new AbortController().signal,
};

interface Mode {
  readonly inputs: RawInputs;
  /** The machines that have a fault at the same time, for each kind of target; each list is one run. */
  readonly targets: Readonly<Record<Fault['target'], readonly (readonly (string | undefined)[])[]>>;
}

/**
 * A round in mode client costs ten times as much as one in mode server, so one run has the fault on both kinds of
 * machines.
 */
const modes: Readonly<Record<string, Mode>> = {
  client: {
    inputs: { 'wait-timeout': '0', 'rpc-timeout': '300ms' },
    targets: { cluster: [[undefined]], 'control-plane': [['cp-2']], node: [['cp-1', 'worker-1']] },
  },
  server: {
    inputs: { mode: 'server', 'wait-timeout': '400ms', 'rpc-timeout': '300ms', 'retry-interval': '100ms' },
    targets: { cluster: [[undefined]], 'control-plane': [['cp-2']], node: [['cp-1'], ['worker-1']] },
  },
};

function isFault(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}

/** Concurrently, each on its own cluster: most of the time is spent waiting. */
const shares = 3;

// `run` of the builders checks the report.
describe('the report of every simulated fault is valid', { concurrency: true }, () => {
  const all = Object.keys(faults).filter(isFault);
  const cases = Object.entries(modes).flatMap(([mode, { inputs, targets }]) =>
    Array.from({ length: shares }, (_, share) => ({ mode, inputs, targets, share })),
  );
  for (const { mode, inputs, targets, share } of cases) {
    test(`mode ${mode}, ${share + 1} of ${shares}`, async () => {
      await using cluster = await startCluster({ vip: true });
      const talosconfig = cluster.talosconfig('os:admin');
      const failed: string[] = [];
      for (const name of all.filter((_, index) => index % shares === share)) {
        for (const nodes of targets[faults[name].target]) {
          for (const node of nodes) await cluster.fault(name, node);
          await run({ ...inputs, talosconfig }, host).catch((cause: unknown) => {
            failed.push(`${name} on ${nodes.join(' and ') || 'the cluster'}: ${String(cause)}`);
          });
          await cluster.healAll();
        }
      }
      assert.deepEqual(failed, []);
    });
  }
});
