// The project's own workflow, without a runner: the steps of .github/workflows/self-test.yml on this machine.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSteps, stepsOf } from './self-test/steps.ts';

const marks = { success: '✅', failure: '❌', skipped: '➖' } as const;
const folder = mkdtempSync(join(tmpdir(), 'talos-health-self-test-'));
const done = runSteps(stepsOf('.github/workflows/self-test.yml', 'gate'), folder);
for (const { name, conclusion, log, outputs } of done) {
  console.log(`${marks[conclusion]} ${name}`);
  if (conclusion === 'failure') {
    console.log(log);
    process.exitCode = 1;
  }
  // A simulated cluster; a runner ends what a job leaves behind.
  if (outputs['pid'] !== undefined) process.kill(Number(outputs['pid']));
}
rmSync(folder, { recursive: true });
