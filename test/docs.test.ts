import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { registry } from '../src/checks/registry.ts';
import { rules } from '../src/diagnosis/rules.ts';

const page = readFileSync('docs/checks.md', 'utf8');
/** As GitHub makes them of headings. */
const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);

test('no anchor stands for two headings', () => {
  assert.equal(new Set(anchors).size, anchors.length);
});

test('every link within the page leads somewhere', () => {
  for (const [, anchor = ''] of page.matchAll(/\]\(#([^)]+)\)/g)) {
    assert(anchors.includes(anchor), anchor);
  }
});

test('every kind of cause is described, once, and none has the id of a check', () => {
  const ids = rules.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const { id, symptom } of rules) {
    assert(page.includes(`| \`${id}\` | ${symptom} |`), id);
    assert(!registry.some((check) => check.id === id), id);
    assert.doesNotMatch(symptom, /[|\n]/);
  }
});
