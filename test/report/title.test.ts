import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotations } from '../../src/report/annotations.ts';
import { renderJunit } from '../../src/report/files/junit.ts';
import { renderSummary } from '../../src/report/markdown/summary.ts';
import { finalText } from '../../src/report/terminal/console.ts';
import { verdictText } from '../../src/report/text.ts';
import { titleOf } from '../../src/report/title.ts';
import { assertInWords } from '../builders/raw-errors.ts';
import { changeFinding, clusterNodes, options, passing, reportOf, unhealthyReport } from '../builders/report.ts';
import { recipes } from '../builders/report-cases.ts';

const nodes = clusterNodes(1, 1);
const named = (title: string) => reportOf(nodes, passing(nodes), { options: { ...options, title }, reason: '' });

const titles: readonly (readonly [given: string, shown: string])[] = [
  ['', 'prod'],
  [' \u0007\u200b\n', 'prod'],
  ['before the upgrade', 'before the upgrade'],
  ['eu\n::error::\u001b[31mwest\u202e', 'eu ::error::west'],
  ['x'.repeat(61), `${'x'.repeat(59)}…`],
  ['password=hunter2hunter3', 'password=(removed)'],
];

for (const [given, shown] of titles) {
  test(`the gate ${JSON.stringify(given.slice(0, 30))} is called ${shown.slice(0, 30)}`, () => {
    const report = named(given);
    assert.equal(report.title, shown);
    assert.equal(verdictText(report), `✅ ${shown}: healthy`);
  });
}

test('without any name there is no title, and the headline starts with the verdict', () => {
  assert.equal(titleOf(undefined, '', '\u0000'), undefined);
  assert.equal(
    verdictText(reportOf([], [], { options: undefined, verdict: 'error', problems: [problem] })),
    '❌ Invalid input: every check passed',
  );
});

const problem = { input: 'context', expected: 'a name', got: '""' };

test('bad input shows the name of the gate if it is given', () => {
  const report = reportOf([], [], {
    options: undefined,
    title: 'prod <eu>',
    verdict: 'error',
    reason: '1 problem',
    problems: [problem],
  });
  assert.equal(verdictText(report), '❌ prod <eu>: invalid input: 1 problem');
  assert.match(renderSummary(report), /^## ❌ prod &lt;eu&gt;: invalid input: 1 problem\n/);
  assert.deepEqual(
    annotations(report).map(({ title }) => title),
    ['prod <eu>: input context'],
  );
  assert.match(renderJunit(report), /<testsuite name="prod &lt;eu&gt;: input" /);
});

test('the text names the context only if the title is another', () => {
  assert.match(finalText(named('blue')), /^Context prod: 2 nodes /m);
  assert.match(finalText(named('')), /^2 nodes /m);
});

test('the test cases of two gates have no class in common', () => {
  const classes = (title: string): Set<string> =>
    new Set(renderJunit(named(title)).match(/classname="[^"]*"/g) ?? assert.fail());
  const second = classes('b');
  assert.deepEqual(
    [...classes('a')].filter((name) => second.has(name)),
    [],
  );
});

test('headlines and annotations of all reports are in words', () => {
  for (const [name, report] of Object.entries(recipes)) {
    assertInWords(verdictText(report), name);
    for (const { title } of annotations(report)) {
      assertInWords(title, name);
    }
  }
});

const raw = 'rpc error: code = Unavailable desc = transport is closing';

test('an error in the reason is in the text, and not in the headline', () => {
  const reason = `after waiting for 10m; nothing could be watched (${raw})`;
  const report = { ...unhealthyReport(nodes, passing(nodes)), reason };
  assert.equal(verdictText(report), '❌ prod: not healthy, after waiting for 10m; nothing could be watched');
  assert.ok(finalText(report).includes(`In full: ${reason}.`));
});

test('an error that a title leaves out is in the message of the annotation, and in the text', () => {
  for (const status of ['pending', 'warn'] as const) {
    const findings = changeFinding(passing(nodes), 'services', 'worker-1', {
      status,
      message: `the list of services could not be read: ${raw}`,
    });
    const report = unhealthyReport(nodes, findings);
    const [annotation] = annotations(report);
    assert.equal(annotation?.title, 'prod: worker-1: the list of services could not be read');
    assert.ok(annotation.message.includes(raw), annotation.message);
    assert.ok(finalText(report).includes(raw));
    assert.ok(renderSummary(report).includes('code = Unavailable'));
  }
});
