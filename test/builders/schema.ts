import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ReportDocument } from '../../src/report/files/json.ts';
import { inconsistenciesOf } from './consistency.ts';

function read(): unknown {
  return JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
}

export function reportSchema(): Readonly<Record<string, unknown>> {
  const schema = read();
  assert(typeof schema === 'object' && schema !== null);
  return Object.fromEntries(Object.entries(schema));
}

const validate = new Ajv2020({ allErrors: true, strict: true }).compile<ReportDocument>(reportSchema());

/** Asserts that the text is a report that matches docs/report.schema.json. */
export function assertValidReport(json: string): ReportDocument {
  const report: unknown = JSON.parse(json);
  assert(validate(report), JSON.stringify(validate.errors?.slice(0, 5), undefined, 2));
  return report;
}

/** Asserts that the text is a valid report without contradictions, as every run must produce. */
export function assertConsistentReport(json: string): ReportDocument {
  const report = assertValidReport(json);
  assert.deepEqual(inconsistenciesOf(report), []);
  return report;
}
