import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { renderJson } from './report/json.ts';
import type { Report } from './report/model.ts';

/**
 * Writes the report as JSON, with the folders that it needs.
 * @returns what went wrong, in one line: a report that cannot be written never changes the verdict
 */
export async function writeReport(path: string, report: Report): Promise<string | undefined> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, renderJson(report));
    return undefined;
  } catch (error) {
    return `the report could not be written to ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
