import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderJson } from '../../src/report/files/json.ts';
import { recipes } from '../builders/report-cases.ts';
import { freeze, frozen, reportFixtures } from '../builders/report-fixtures.ts';
import { assertConsistentReport } from '../builders/schema.ts';

if (process.env['UPDATE_FIXTURES'] === '1') {
  for (const [name, report] of Object.entries(recipes)) {
    freeze(name, renderJson(report));
  }
}

const fixtures = frozen();

test('recipes and frozen reports have the same names', () => {
  assert.deepEqual(Object.keys(fixtures), Object.keys(recipes).sort());
});

for (const [name, json] of Object.entries(fixtures)) {
  test(`${name}: the frozen report matches the schema; if the model has changed, run UPDATE_FIXTURES=1 node --test test/report/fixtures.test.ts`, () => {
    const report = reportFixtures()[name];
    assert(report);
    assert.equal(renderJson(report), json);
  });
}

for (const [name, report] of Object.entries(recipes)) {
  test(`${name}: the current report matches the schema and is consistent`, () => {
    assertConsistentReport(renderJson(report));
  });
}
