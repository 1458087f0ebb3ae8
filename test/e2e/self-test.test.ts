import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { runSteps, stepsOf } from '../../scripts/self-test/steps.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { assertConsistentReport } from '../builders/schema.ts';

test('the steps of the self-test workflow succeed', () => {
  const folder = temporaryFolder();
  const results = runSteps(stepsOf('.github/workflows/self-test.yml', 'gate'), folder);
  for (const { outputs } of results) {
    if (outputs['pid'] !== undefined) process.kill(Number(outputs['pid']));
  }
  assert.deepEqual(
    results.map(({ name, conclusion, log }) => `${conclusion}: ${name}${conclusion === 'failure' ? `\n${log}` : ''}`),
    [
      'skipped: Check out',
      'skipped: Set up Node',
      'skipped: Install packages',
      'success: Start a healthy cluster',
      'success: Gate on the healthy cluster',
      'success: It passed, and said so',
      'success: Start a cluster with a worker whose kubelet fails',
      'success: Gate on the failing cluster',
      'success: It failed, and named the stage, the check and the node',
    ],
  );
  const reports = results.flatMap(({ outputs }) => outputs['report'] ?? []);
  assert.equal(reports.length, 2);
  for (const report of reports) {
    assertConsistentReport(readFileSync(report, 'utf8'));
  }
  rmSync(folder, { recursive: true });
});
