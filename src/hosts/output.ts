import { setTimeout as pause } from 'node:timers/promises';

const streams = [process.stdout, process.stderr];

// Runs on import, and the entries import it first. If the reader is gone or the disk is full, text is lost, but the verdict is not.
for (const stream of streams) {
  stream.on('error', () => undefined);
}

/** After this time without progress, the reader is considered stuck. In milliseconds. */
const stallTimeout = 5000;
const checkInterval = 20;

/** Waits until the output is flushed, or its reader is stuck. */
export async function flushed(): Promise<void> {
  // The callback is also called if the stream has failed.
  const written = Promise.all(streams.map((stream) => new Promise((resolve) => stream.write('', resolve))));
  const done = written.then(() => true);
  const pending = (): number => streams.reduce((sum, { writableLength }) => sum + writableLength, 0);
  let before = pending();
  for (let stalled = 0; stalled < stallTimeout; stalled += checkInterval) {
    if (await Promise.race([done, pause(checkInterval, false)])) {
      return;
    }
    const now = pending();
    stalled = now === before ? stalled : 0;
    before = now;
  }
}
