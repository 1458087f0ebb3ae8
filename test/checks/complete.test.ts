import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Check } from '../../src/checks/check.ts';
import { registry } from '../../src/checks/registry.ts';
import { explain } from '../../src/explain/explain.ts';
import { docsOf } from '../../src/report/docs-link.ts';
import { singleFaults } from '../builders/single-faults.ts';

const ids = registry.map(({ id }) => id);
const page = readFileSync('docs/checks.md', 'utf8');
const tests = globSync('test/{checks,gate}/*.test.ts').map((file) => readFileSync(file, 'utf8'));

const isSentence = (text: string): boolean => /^[`"a-zA-Z].*[^.]$/.test(text);

/** Seen first by another check, which has the fault (here `api-server-ready`); what is left for this one is a warning. */
const explainedElsewhere = ['api-server-endpoint'];

/** A check that fails a cluster by itself has a fault that does it; one that warns, or that an input asks for, a test that names it. */
function isTested({ id, enabled, severity }: Check): boolean {
  const failsByItself = enabled === undefined && severity === undefined && !explainedElsewhere.includes(id);
  return failsByItself
    ? singleFaults.some(({ check }) => check === id)
    : tests.some((source) => source.includes(`'${id}'`));
}

/** Where a check needs an entry, and whether it has it. */
const places: readonly (readonly [place: string, has: (check: Check) => boolean])[] = [
  ['a title: what holds, without a full stop', ({ title }) => isSentence(title)],
  ['an explanation: a sentence', ({ explanation }) => /^[a-zA-Z].*\.$/.test(explanation)],
  ['docs.pending', ({ docs }) => isSentence(docs.pending)],
  ['docs.talosctl', ({ docs }) => docs.talosctl !== ''],
  ['docs.advice', ({ docs }) => isSentence(docs.advice)],
  ['docs.warn, as its severity is warn', ({ docs, severity }) => severity !== 'warn' || docs.warn !== undefined],
  ['docs.explainedBy: ids of checks', ({ docs }) => (docs.explainedBy ?? []).every((other) => ids.includes(other))],
  [
    'src/checks/registry.ts, after each check that it requires',
    ({ id, requires }) => requires.every((other) => ids.slice(0, ids.indexOf(id)).includes(other)),
  ],
  [
    'docs/checks.md, under its heading (npm run docs)',
    ({ id }) => new RegExp(`^#+ ${docsOf(id).split('#')[1]}$`, 'm').test(page),
  ],
  ['talos-health explain', (check) => explain(check).endsWith(docsOf(check.id))],
  ['test/builders/faults-of-*.ts, or, if it only warns or is asked for, a test that names it', isTested],
];

for (const check of registry) {
  test(`${check.id} has its entry wherever one is needed`, () => {
    const missing = places.filter(([, has]) => !has(check)).map(([place]) => `${check.id}: ${place}`);
    assert.deepEqual(missing, []);
  });
}
