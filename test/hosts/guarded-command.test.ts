import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guard } from '../../src/hosts/guarded-command.ts';
import type { Report } from '../../src/report/model.ts';
import { clusterNodes, passing, reportOf, unhealthyReport } from '../builders/report.ts';

const nodes = clusterNodes(1, 1);
const healthy = reportOf(nodes, passing(nodes));
const unhealthy = unhealthyReport(nodes, passing(nodes));

/** Runs a guarded command, and records its steps in order. */
async function runGuarded(reports: readonly Report[], commandExitCode: number, after: boolean) {
  const steps: string[] = [];
  const left = [...reports];
  const { report, exitCode } = await guard({
    gate: async (when) => {
      steps.push(`gate ${when}`);
      return left.shift() ?? assert.fail('the gate ran too often');
    },
    save: async () => {
      steps.push('saved');
    },
    show: ({ verdict }) => {
      steps.push(verdict);
    },
    command: async () => {
      steps.push('command');
      return commandExitCode;
    },
    after,
  });
  return { steps, report, exitCode };
}

test('if the cluster is not healthy, the command does not run, and the exit code is that of the gate', async () => {
  for (const exitCode of [1, 2, 3, 130]) {
    const result = await runGuarded([{ ...unhealthy, exitCode }], 0, true);
    assert.deepEqual(result.steps, ['gate before', 'saved', 'unhealthy']);
    assert.equal(result.exitCode, exitCode);
    assert.deepEqual(result.report.command, { ran: false });
  }
});

test('if the cluster is healthy, the exit code is that of the command', async () => {
  for (const exitCode of [0, 7]) {
    const result = await runGuarded([healthy], exitCode, false);
    assert.deepEqual(result.steps, ['gate before', 'healthy', 'command', 'saved']);
    assert.equal(result.exitCode, exitCode);
    assert.equal(result.report.before, undefined);
    assert.equal(result.report.command?.ran && result.report.command.exitCode, exitCode);
  }
});

test('with a gate after the command, a failed command determines the exit code, otherwise the gate', async () => {
  for (const [commandExitCode, second, exitCode] of [
    [0, healthy, 0],
    [0, unhealthy, 1],
    [7, healthy, 7],
    [7, unhealthy, 7],
  ] as const) {
    const result = await runGuarded([healthy, second], commandExitCode, true);
    assert.deepEqual(result.steps, ['gate before', 'healthy', 'command', 'gate after', 'saved', second.verdict]);
    assert.equal(result.exitCode, exitCode);
    assert.equal(result.report.verdict, second.verdict);
    assert.equal(result.report.before, healthy);
  }
});
