import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const { O_CREAT, O_EXCL, O_NONBLOCK = 0, O_TRUNC, O_WRONLY } = constants;

/** How often a pipe is tried that nobody reads at the moment, in milliseconds. */
const pace = 50;

/** Their readers wait for what this process prints, in the order in which it does. */
const own: Readonly<Record<string, NodeJS.WriteStream>> = {
  '/dev/stdout': process.stdout,
  '/dev/stderr': process.stderr,
};

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/**
 * Puts a text into a file, with the folders that it needs, and whole: a file
 * appears under its name when all of it is written. What is no plain file, such
 * as a pipe, a device or a link, is written to as it is.
 *
 * @throws {Error} where that cannot be
 */
export async function putFile(path: string, text: string, signal: AbortSignal): Promise<void> {
  const stream = own[path];
  if (stream !== undefined) {
    await print(stream, text);
    return;
  }
  await makeFolder(dirname(path));
  const there = await unlessMissing(lstat(path));
  const isReplaced = isOurs(there) && (await replaceFile(path, text, there));
  if (!isReplaced) {
    await writeInto(path, text, signal);
  }
}

function print(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Whether another file in its place is the same to everybody. */
function isOurs(there: Stats | undefined): boolean {
  const user = process.getuid?.() ?? there?.uid;
  return there === undefined || (there.isFile() && there.nlink === 1 && there.uid === user);
}

/** Not with `recursive`, which below /proc never ends. */
async function makeFolder(path: string): Promise<void> {
  const there = await unlessMissing(stat(path));
  if (there !== undefined) {
    return;
  }
  const above = dirname(path);
  if (above !== path) {
    await makeFolder(above);
  }
  try {
    await mkdir(path);
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

async function unlessMissing(asked: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** False where there can be no file beside it, or it cannot take its place: in a folder of others, or where a container mounts one file. */
async function replaceFile(path: string, text: string, there: Stats | undefined): Promise<boolean> {
  const beside = `${path}.${process.pid}.tmp`;
  let file: FileHandle;
  try {
    file = await open(beside, O_WRONLY | O_CREAT | O_EXCL, (there?.mode ?? 0o666) & 0o7777);
  } catch {
    return false;
  }
  try {
    await file.writeFile(text).finally(() => file.close());
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  try {
    await rename(beside, path);
    return true;
  } catch {
    await rm(beside, { force: true });
    return false;
  }
}

/** Without waiting in the file system, where nobody could end it. */
async function writeInto(path: string, text: string, signal: AbortSignal): Promise<void> {
  const file = await patiently(() => open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0o666), 'ENXIO', signal);
  try {
    let rest = Buffer.from(text);
    while (rest.length > 0) {
      const { bytesWritten } = await patiently(() => file.write(rest), 'EAGAIN', signal);
      rest = rest.subarray(bytesWritten);
    }
  } finally {
    await file.close();
  }
}

/** Again and again, as long as it fails because nobody reads. */
async function patiently<T>(attempt: () => Promise<T>, nobodyReads: string, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (codeOf(error) !== nobodyReads) throw error;
    }
    if (signal.aborted) {
      throw new Error('nobody reads it');
    }
    await pause(pace);
  }
}
