// Runs the steps of .github/workflows/self-test.yml on this machine, without a runner.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSteps, stepsOf } from './self-test/steps.ts';

const marks = { success: '✅', failure: '❌', skipped: '➖' } as const;
const folder = mkdtempSync(join(tmpdir(), 'talos-health-self-test-'));
const results = runSteps(stepsOf('.github/workflows/self-test.yml', 'gate'), folder);
for (const { name, conclusion, log, outputs } of results) {
  console.log(`${marks[conclusion]} ${name}`);
  if (conclusion === 'failure') {
    console.log(log);
    process.exitCode = 1;
  }
  // A simulated cluster. A runner would end it after the job.
  if (outputs['pid'] !== undefined) process.kill(Number(outputs['pid']));
}
rmSync(folder, { recursive: true });
