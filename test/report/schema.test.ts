import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { stages } from '../../src/checks/check.ts';
import { renderJson } from '../../src/report/json.ts';
import { reportOf } from '../builders/report.ts';
import { cases } from '../builders/report-cases.ts';
import { assertValidReport, reportSchema } from '../builders/schema.ts';

for (const [name, report] of Object.entries(cases)) {
  test(`${name}: the JSON is as the schema describes it`, () => {
    assertValidReport(renderJson(report));
  });
}

test('golden files are as the schema describes them', () => {
  const folder = new URL('../golden/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  assert(files.length >= 4);
  for (const file of files) {
    assertValidReport(readFileSync(new URL(file, folder), 'utf8'));
  }
});

test("the schema's version and its stages are those of the reports", () => {
  const { properties, $defs } = structuredClone(reportSchema());
  assert.deepEqual(
    [properties, $defs].map((part) =>
      Object.entries(part ?? {}).find(([key]) => key === 'schemaVersion' || key === 'stage'),
    ),
    [
      ['schemaVersion', { const: reportOf([], []).schemaVersion }],
      ['stage', { enum: [...stages] }],
    ],
  );
});

test('a report with a key that the schema does not know is refused, and one of another version', () => {
  const json = (change: object): string => JSON.stringify({ ...cases['healthy'], ...change });
  assertValidReport(json({}));
  assert.throws(() => assertValidReport(json({ secret: 1 })), /must NOT have additional properties/);
  assert.throws(() => assertValidReport(json({ schemaVersion: 2 })), /must be equal to constant/);
});

test('every object of the schema says which keys it has, and no more', () => {
  const open: string[] = [];
  JSON.stringify(reportSchema(), (key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'object') {
      if (!('additionalProperties' in value) || value.additionalProperties !== false) {
        open.push(key);
      }
    }
    return value;
  });
  assert.deepEqual(open, []);
});
