import { renderJson } from '../report/files/json.ts';
import { renderJunit } from '../report/files/junit.ts';
import type { Report } from '../report/model.ts';
import { within } from './time-limit.ts';
import { putFile } from './write-file.ts';

/** Of the ten seconds that a runner leaves after it cancels, a command may take six. In milliseconds. */
const longestWrite = 3000;
/** A pipe that nobody reads is given up before, with that reason. */
const longestWithoutReader = 2500;

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
  const tell = (why: string): string => `${what} could not be written to ${path}: ${why}`;
  const put = putFile(path, text, AbortSignal.timeout(longestWithoutReader)).then(
    () => undefined,
    (error: unknown) => tell(error instanceof Error ? error.message : String(error)),
  );
  return await within(longestWrite, put, () => tell(`it took longer than ${longestWrite / 1000} seconds`));
}
