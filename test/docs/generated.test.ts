import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fillParts } from '../../scripts/docs/fill.ts';
import { pages } from '../../scripts/docs/pages.ts';

for (const { path, text } of pages()) {
  test(`${path} is up to date with "npm run docs"`, () => {
    assert.equal(readFileSync(path, 'utf8'), text);
  });
}

test('only the text between the marks of a part is replaced', () => {
  const page = 'Before\n\n<!-- part: one -->\nold\n<!-- end of part -->\n\nAfter\n';
  const filled = 'Before\n\n<!-- part: one -->\n\nthe one\n\n<!-- end of part -->\n\nAfter\n';
  assert.equal(
    fillParts(page, (name) => `the ${name}`),
    filled,
  );
  assert.equal(
    fillParts(filled, (name) => `the ${name}`),
    filled,
  );
});

test('a part without its end is an error', () => {
  assert.throws(
    () => fillParts('<!-- part: one -->\n', () => ''),
    new Error('expected each part to have its end, got 1 parts and 0 ends'),
  );
});
