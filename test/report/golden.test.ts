import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotations } from '../../src/report/annotations.ts';
import { renderSummary } from '../../src/report/markdown/summary.ts';
import type { Report } from '../../src/report/model.ts';
import { finalText } from '../../src/report/terminal/console.ts';
import { golden } from '../builders/golden.ts';
import { reportFixtures } from '../builders/report-fixtures.ts';
import { assertNoCommand, assertValidMarkdown } from './markdown/valid.ts';

function annotationText(report: Report): string {
  return annotations(report)
    .map(({ level, title, message }) => `[${level}] ${title}\n${message}\n`)
    .join('\n');
}

for (const [name, report] of Object.entries(reportFixtures())) {
  test(`${name}: the summary equals its golden file and is valid Markdown`, () => {
    const summary = renderSummary(report);
    assertValidMarkdown(summary);
    assert.equal(summary, golden(`${name}.md`, summary));
  });

  test(`${name}: the final text and the annotations equal their golden files`, () => {
    const text = finalText(report);
    assertNoCommand(text);
    assert.equal(text, golden(`${name}.txt`, text));
    const annotated = annotationText(report);
    assertNoCommand(annotated);
    assert.equal(annotated, golden(`${name}.annotations.txt`, annotated));
  });
}
