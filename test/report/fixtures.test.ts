import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderJson } from '../../src/report/json.ts';
import { recipes } from '../builders/report-cases.ts';
import { freeze, frozen, reportFixtures } from '../builders/report-fixtures.ts';
import { assertSoundReport } from '../builders/schema.ts';

if (process.env['UPDATE_FIXTURES'] === '1') {
  for (const [name, report] of Object.entries(recipes)) {
    freeze(name, renderJson(report));
  }
}

const fixtures = frozen();

test('every recipe has its frozen report, and the other way round', () => {
  assert.deepEqual(Object.keys(fixtures), Object.keys(recipes).sort());
});

for (const [name, json] of Object.entries(fixtures)) {
  test(`${name}: the frozen report is as the schema describes it; if the model has changed, run UPDATE_FIXTURES=1 node --test test/report/fixtures.test.ts`, () => {
    const report = reportFixtures()[name];
    assert(report);
    assert.equal(renderJson(report), json);
  });
}

for (const [name, report] of Object.entries(recipes)) {
  test(`${name}: the report of today is as the schema describes it, and contradicts itself nowhere`, () => {
    assertSoundReport(renderJson(report));
  });
}
