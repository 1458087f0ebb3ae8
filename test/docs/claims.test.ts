import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { withoutNotice } from '../../scripts/release/references.ts';
import { stages } from '../../src/checks/check.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import { parseFlags } from '../../src/inputs/flags.ts';
import { inputs } from '../../src/inputs/table.ts';
import { talosctlChecks } from '../../src/server-mode/talosctl-checks.ts';
import { options } from '../builders/evaluate.ts';
import { healthySnapshot } from '../builders/snapshot.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

test('the README has every stage and their number', () => {
  const readme = read('README.md');
  const table = readme.slice(readme.indexOf('\n| stage |'));
  const rows = [...table.matchAll(/^\| ([a-z-]+) \|/gm)].map(([, stage]) => stage);
  assert.deepEqual(rows, ['stage', '---', ...stages]);
  assert.equal(stages.length, 8);
  assert.match(readme, /^- Judges eight stages, /m);
});

test('the README has a note until the first release, which removes it', () => {
  const readme = read('README.md');
  const isReleased = /^## \d+\.\d+\.\d+ - \d{4}-/m.test(read('CHANGELOG.md'));
  assert.equal(readme.includes('> Not released yet'), !isReleased);
  const released = withoutNotice(readme);
  assert.doesNotMatch(released, /Not released yet|until the first release/);
  assert.match(released, /\n\n\*\*Is this Talos Linux cluster healthy/);
});

test('the first use in the README pins the action to a commit', () => {
  const [, pinned = ''] = /^- uses: talos-health\/talos-health@(\S+) # v\d+\.\d+\.\d+$/m.exec(read('README.md')) ?? [];
  assert.match(pinned, /^[0-9a-f]{40}$/);
});

test('the defaults in the README are those of the inputs', () => {
  const rows = [...read('README.md').matchAll(/^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \| (?:`(.+?)`|[a-z ]+) \|/gm)];
  assert.ok(rows.length > 5);
  for (const [, cell = '', given = ''] of rows) {
    for (const [, name = ''] of cell.matchAll(/`([a-z-]+)`/g)) {
      assert.equal(inputs.find((input) => input.name === name)?.default, given, name);
    }
  }
});

test('talosctl health has sixteen checks', () => {
  assert.equal(talosctlChecks.length, 16);
});

test('the threat model names tests that exist', () => {
  const named = [...read('docs/threat-model.md').matchAll(/\]\(\.\.\/(test\/[\w/.-]+)\) "((?:[^"\\]|\\.)+)"/g)];
  assert.ok(named.length > 10);
  for (const [, path = '', title = ''] of named) {
    const text = title.replaceAll('\\"', '"');
    assert.ok(read(path).includes(`test('${text}'`), `${path} has no test "${text}"`);
  }
});

/** From `talosctl health --help`; the same in 1.13 and 1.14. */
const flagsOfTalosctl = [
  '--cluster',
  '--context',
  '--control-plane-nodes',
  '--endpoints',
  '--help',
  '--init-node',
  '--k8s-endpoint',
  '--nodes',
  '--run-e2e',
  '--server',
  '--siderov1-keys-dir',
  '--talosconfig',
  '--wait-timeout',
  '--worker-nodes',
];

test('the table has every flag of talosctl health, and says which ones the gate accepts', () => {
  const rows = [...read('docs/from-talosctl-health.md').matchAll(/^\| `(--[\w-]+)`(?:, `-\w`)? \| (.+) \|$/gm)];
  assert.deepEqual(
    rows.map(([, flag]) => flag),
    flagsOfTalosctl,
  );
  for (const [, flag = '', what = ''] of rows) {
    const value = ['--help', '--server', '--run-e2e'].includes(flag) ? flag : `${flag}=1`;
    const refused = parseFlags([value]).problems.length > 0;
    assert.equal(refused, what.startsWith('refused'), `${flag}: ${what}`);
  }
});

test('the comparison with talosctl health names the checks that need the Kubernetes API', () => {
  const findings = evaluate(healthySnapshot(), options);
  const skipped = findings.filter(({ status }) => status === 'skip');
  assert.deepEqual([...new Set(skipped.map(({ check, stage }) => (stage === 'workloads' ? stage : check)))].sort(), [
    'control-plane-pods',
    'kubernetes-api',
    'workloads',
  ]);
  assert.deepEqual(
    findings.filter(({ stage, status }) => stage === 'workloads' && status !== 'skip'),
    [],
  );
});
