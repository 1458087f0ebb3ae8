import { renderJson } from '../report/files/json.ts';
import { renderJunit } from '../report/files/junit.ts';
import type { Report } from '../report/model.ts';
import { messageText } from '../report/terminal/console.ts';
import { within } from './time-limit.ts';
import { putFile } from './write-file.ts';

/** In milliseconds. A runner kills the process ten seconds after it cancels, and a command may take six of them. */
const writeTimeout = 3000;
/** Shorter, so that the error message of a pipe without a reader says so. */
const readerTimeout = 2500;

/**
 * Writes the report as JSON, and creates missing folders.
 * @returns an error message in one line; it is not thrown, because it must not change the verdict
 */
export function writeReport(path: string, report: Report): Promise<string | undefined> {
  return write(path, 'the report', renderJson(report));
}

/** Writes the report as JUnit XML, otherwise like `writeReport`. */
export function writeJunit(path: string, report: Report): Promise<string | undefined> {
  return write(path, 'the JUnit report', renderJunit(report));
}

/** In bytes: as much as Kubernetes keeps of a container's termination message. */
const maxMessage = 4096;

/** Writes the verdict and its causes as text, otherwise like `writeReport`. */
export function writeMessage(path: string, report: Report): Promise<string | undefined> {
  return write(path, 'the message', messageText(report, maxMessage));
}

async function write(path: string, what: string, text: string): Promise<string | undefined> {
  const failure = (why: string): string => `${what} could not be written to ${path}: ${why}`;
  const written = putFile(path, text, AbortSignal.timeout(readerTimeout)).then(
    () => undefined,
    (error: unknown) => failure(error instanceof Error ? error.message : String(error)),
  );
  return await within(writeTimeout, written, () => failure(`it took longer than ${writeTimeout / 1000} seconds`));
}
