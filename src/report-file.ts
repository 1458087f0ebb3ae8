import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { renderJson } from './report/json.ts';
import { renderJunit } from './report/junit.ts';
import type { Report } from './report/model.ts';

/**
 * Writes the report as JSON, with the folders that it needs.
 * @returns what went wrong, in one line: a report that cannot be written never changes the verdict
 */
export function writeReport(path: string, report: Report): Promise<string | undefined> {
  return write(path, 'the report', renderJson(report));
}

/** The same as JUnit XML. */
export function writeJunit(path: string, report: Report): Promise<string | undefined> {
  return write(path, 'the JUnit report', renderJunit(report));
}

async function write(path: string, what: string, text: string): Promise<string | undefined> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    return undefined;
  } catch (error) {
    return `${what} could not be written to ${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
}
