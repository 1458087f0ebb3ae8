import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guard } from '../../src/hosts/guarded-command.ts';
import type { Report } from '../../src/report/model.ts';
import { clusterNodes, passing, reportOf, unhealthyReport } from '../builders/report.ts';

const nodes = clusterNodes(1, 1);
const healthy = reportOf(nodes, passing(nodes));
const unhealthy = unhealthyReport(nodes, passing(nodes));

/** What happened, in order, and how it ended. */
async function play(reports: readonly Report[], commandExitCode: number, after: boolean) {
  const happened: string[] = [];
  const left = [...reports];
  const { report, exitCode } = await guard({
    gate: async () => {
      happened.push('gate');
      return left.shift() ?? assert.fail('one gate too many');
    },
    keep: async () => {
      happened.push('kept');
    },
    show: ({ verdict }) => happened.push(verdict),
    command: async () => {
      happened.push('command');
      return commandExitCode;
    },
    after,
  });
  return { happened, report, exitCode };
}

test('not healthy: the command is not run, and the exit code is the gate’s', async () => {
  for (const exitCode of [1, 2, 3, 130]) {
    const played = await play([{ ...unhealthy, exitCode }], 0, true);
    assert.deepEqual(played.happened, ['gate', 'kept', 'unhealthy']);
    assert.equal(played.exitCode, exitCode);
    assert.deepEqual(played.report.command, { ran: false });
  }
});

test('healthy: the exit code is the command’s', async () => {
  for (const exitCode of [0, 7]) {
    const played = await play([healthy], exitCode, false);
    assert.deepEqual(played.happened, ['gate', 'healthy', 'command', 'kept']);
    assert.equal(played.exitCode, exitCode);
    assert.equal(played.report.before, undefined);
    assert.equal(played.report.command?.ran && played.report.command.exitCode, exitCode);
  }
});

test('after: the command’s exit code goes before that of the second gate', async () => {
  for (const [commandExitCode, second, exitCode] of [
    [0, healthy, 0],
    [0, unhealthy, 1],
    [7, healthy, 7],
    [7, unhealthy, 7],
  ] as const) {
    const played = await play([healthy, second], commandExitCode, true);
    assert.deepEqual(played.happened, ['gate', 'healthy', 'command', 'gate', 'kept', second.verdict]);
    assert.equal(played.exitCode, exitCode);
    assert.equal(played.report.verdict, second.verdict);
    assert.equal(played.report.before, healthy);
  }
});
