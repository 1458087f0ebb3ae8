import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const { O_CREAT, O_EXCL, O_NONBLOCK = 0, O_TRUNC, O_WRONLY } = constants;

/** How often to retry a write to a pipe without a reader, in milliseconds. */
const retryInterval = 50;

/** Written through the streams of this process, to keep the order of its output. */
const ownStreams: Readonly<Record<string, NodeJS.WriteStream>> = {
  '/dev/stdout': process.stdout,
  '/dev/stderr': process.stderr,
};

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/**
 * Writes a file atomically, and creates missing folders: readers see either the old
 * file or the whole new one. Anything but a regular file, such as a pipe, a device
 * or a link, is written in place.
 *
 * @throws {Error} if it cannot be written
 */
export async function putFile(path: string, text: string, signal: AbortSignal): Promise<void> {
  const stream = ownStreams[path];
  if (stream !== undefined) {
    await print(stream, text);
    return;
  }
  await makeFolder(dirname(path));
  const existing = await unlessMissing(lstat(path));
  const isReplaced = isReplaceable(existing) && (await replaceFile(path, text, existing));
  if (!isReplaced) {
    await writeInto(path, text, signal);
  }
}

function print(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Whether a new file can take its place: not for a hard link or the file of another user. */
function isReplaceable(existing: Stats | undefined): boolean {
  const user = process.getuid?.() ?? existing?.uid;
  return existing === undefined || (existing.isFile() && existing.nlink === 1 && existing.uid === user);
}

/** Without the option `recursive`, which never ends below /proc. */
async function makeFolder(path: string): Promise<void> {
  if ((await unlessMissing(stat(path))) !== undefined) {
    return;
  }
  const parent = dirname(path);
  if (parent !== path) {
    await makeFolder(parent);
  }
  try {
    await mkdir(path);
  } catch (error) {
    // Another process may have created it in the meantime.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

async function unlessMissing(stats: Promise<Stats>): Promise<Stats | undefined> {
  try {
    return await stats;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Returns false if no file can be created beside it or renamed to it: in a read-only folder, or if a container mounts a single file. */
async function replaceFile(path: string, text: string, existing: Stats | undefined): Promise<boolean> {
  const temporary = `${path}.${process.pid}.tmp`;
  let file: FileHandle;
  try {
    file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL, (existing?.mode ?? 0o666) & 0o7777);
  } catch {
    return false;
  }
  try {
    await file.writeFile(text).finally(() => file.close());
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  try {
    await rename(temporary, path);
    return true;
  } catch {
    await rm(temporary, { force: true });
    return false;
  }
}

/** Opens without blocking, because a blocked thread cannot be interrupted. */
async function writeInto(path: string, text: string, signal: AbortSignal): Promise<void> {
  const file = await retryWithoutReader(
    () => open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0o666),
    'ENXIO',
    signal,
  );
  try {
    let rest = Buffer.from(text);
    while (rest.length > 0) {
      const { bytesWritten } = await retryWithoutReader(() => file.write(rest), 'EAGAIN', signal);
      rest = rest.subarray(bytesWritten);
    }
  } finally {
    await file.close();
  }
}

/** Retries while the attempt fails with the code for a pipe that nobody reads. */
async function retryWithoutReader<T>(attempt: () => Promise<T>, code: string, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (codeOf(error) !== code) throw error;
    }
    if (signal.aborted) {
      throw new Error('nobody reads it');
    }
    await pause(retryInterval);
  }
}
