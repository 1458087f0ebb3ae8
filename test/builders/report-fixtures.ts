import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Report } from '../../src/report/model.ts';
import { assertSoundReport } from './schema.ts';

const folder = join(import.meta.dirname, '../fixtures/reports');

/** Freezes the text of a report. */
export function freeze(name: string, json: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), json);
}

/** The texts of the frozen reports. A new check or another text of one changes none of them. */
export function frozen(): Readonly<Record<string, string>> {
  const files = readdirSync(folder).sort();
  return Object.fromEntries(files.map((file) => [basename(file, '.json'), readFileSync(join(folder, file), 'utf8')]));
}

/** The frozen reports, each as docs/report.schema.json describes it. */
export function reportFixtures(): Readonly<Record<string, Report>> {
  return Object.fromEntries(Object.entries(frozen()).map(([name, json]) => [name, assertSoundReport(json)]));
}
