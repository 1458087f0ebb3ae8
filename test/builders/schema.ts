import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ReportDocument } from '../../src/report/json.ts';
import { flawsOf } from './sound.ts';

function read(): unknown {
  return JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
}

export function reportSchema(): Readonly<Record<string, unknown>> {
  const schema = read();
  assert(typeof schema === 'object' && schema !== null);
  return Object.fromEntries(Object.entries(schema));
}

const validate = new Ajv2020({ allErrors: true, strict: true }).compile<ReportDocument>(reportSchema());

/** The text is a report as docs/report.schema.json describes it. */
export function assertValidReport(json: string): ReportDocument {
  const report: unknown = JSON.parse(json);
  assert(validate(report), JSON.stringify(validate.errors?.slice(0, 5), undefined, 2));
  return report;
}

/** Besides, nothing in it contradicts itself: what every report of a run has to be. */
export function assertSoundReport(json: string): ReportDocument {
  const report = assertValidReport(json);
  assert.deepEqual(flawsOf(report), []);
  return report;
}
