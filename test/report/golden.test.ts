import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { annotations } from '../../src/report/annotations.ts';
import { finalText } from '../../src/report/console.ts';
import { renderJson } from '../../src/report/json.ts';
import type { Report } from '../../src/report/model.ts';
import { renderSummary } from '../../src/report/summary.ts';
import { cases } from '../builders/report-cases.ts';
import { assertSound } from './markdown.ts';

const folder = join(import.meta.dirname, '../golden');
const update = process.env['UPDATE_GOLDEN'] === '1';

/** The file as it is; with UPDATE_GOLDEN=1, as it is now. */
function golden(file: string, actual: string): string {
  if (update) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), actual);
  }
  return readFileSync(join(folder, file), 'utf8');
}

function annotationText(report: Report): string {
  return annotations(report)
    .map(({ level, title, message }) => `[${level}] ${title}\n${message}\n`)
    .join('\n');
}

/** Neither of the two ways in which a runner finds a command in a line of a log. */
function assertNoCommand(text: string): void {
  assert.doesNotMatch(text, /^\s*::|##\[|[^\P{Cc}\n]|[\u2028\u2029]/mu);
}

for (const [name, report] of Object.entries(cases)) {
  test(`${name}: the summary is as in its golden file, and sound`, () => {
    const summary = renderSummary(report);
    assertSound(summary);
    assert.equal(summary, golden(`${name}.md`, summary));
  });

  test(`${name}: the final text and the annotations are as in their golden files`, () => {
    const text = finalText(report);
    assertNoCommand(text);
    assert.equal(text, golden(`${name}.txt`, text));
    const annotated = annotationText(report);
    assertNoCommand(annotated);
    assert.equal(annotated, golden(`${name}.annotations.txt`, annotated));
  });
}

for (const name of ['bootstrap', 'dead-worker', 'lost-quorum', 'wrong-ca', 'bad-input']) {
  test(`${name}: the JSON is as in its golden file`, () => {
    const report = cases[name];
    assert(report);
    const json = renderJson(report);
    assert.equal(json, golden(`${name}.json`, json));
  });
}
