// A step of the self-test workflow: checks the outputs and the summary of the action.
//   STEP='${{ toJSON(steps.gate) }}' node scripts/self-test/expect.ts healthy
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Expectation {
  readonly outcome: 'success' | 'failure';
  readonly outputs: Readonly<Record<string, string>>;
  /** The summary matches all of them. */
  readonly summary: readonly RegExp[];
}

const expectations: Readonly<Record<string, Expectation>> = {
  healthy: {
    outcome: 'success',
    outputs: {
      healthy: 'true',
      verdict: 'healthy',
      'failed-stage': '',
      'failed-checks': '',
      'healthy-nodes': 'cp-1,cp-2,cp-3,worker-1,worker-2',
      'unhealthy-nodes': '',
      claim: '',
      'command-exit-code': '',
    },
    summary: [/^## ✅ demo: healthy$/m, /cp-1/, /worker-2/],
  },
  failing: {
    outcome: 'failure',
    outputs: {
      healthy: 'false',
      verdict: 'unhealthy',
      'failed-stage': 'readiness',
      'failed-checks': 'services',
      'healthy-nodes': 'cp-1,cp-2,cp-3,worker-1',
      'unhealthy-nodes': 'worker-2',
      claim: '',
      'command-exit-code': '',
    },
    summary: [/^## ❌ demo: not healthy: worker-2: /m, /worker-2/, /talosctl -n \S+ logs kubelet/],
  },
};

/** The summaries of all steps. The runner keeps their files in one folder until the job ends. */
function summaries(): readonly string[] {
  const own = process.env['GITHUB_STEP_SUMMARY'];
  assert(own, 'GITHUB_STEP_SUMMARY is not set: this is a step of a workflow');
  const files = readdirSync(dirname(own)).filter((name) => /summary/i.test(name));
  return files.map((name) => readFileSync(join(dirname(own), name), 'utf8'));
}

const name = process.argv[2] ?? '';
const expected = expectations[name];
assert(expected, `expected one of ${Object.keys(expectations).join(', ')}, got "${name}"`);
const { outcome, outputs } = JSON.parse(process.env['STEP'] ?? '{}');
assert.equal(outcome, expected.outcome);
const { 'duration-seconds': duration, report, ...others } = outputs;
assert.deepEqual(others, expected.outputs);
assert(Number(duration) > 0, `duration-seconds is ${duration}`);
assert.equal(JSON.parse(readFileSync(report, 'utf8')).verdict, expected.outputs['verdict']);
const found = summaries().filter((text) => expected.summary.every((part) => part.test(text)));
assert(found.length > 0, `no step summary has ${expected.summary.join(' and ')}`);
console.log(`The outputs and the summary are as expected: ${name}.`);
