import { setTimeout as pause } from 'node:timers/promises';

const streams = [process.stdout, process.stderr];

// On import, and the entries import it first. A reader that is gone or a full disk takes the text, and not the verdict.
for (const stream of streams) {
  stream.on('error', () => undefined);
}

/** A reader who takes nothing for so long never will. In milliseconds, as all here. */
const longestStall = 5000;
const pace = 20;

/** Waits until everything that was printed is with whoever reads it, as far as they do. */
export async function flushed(): Promise<void> {
  // Also where it has failed, the callback is called.
  const written = Promise.all(streams.map((stream) => new Promise((resolve) => stream.write('', resolve))));
  const done = written.then(() => true);
  const left = (): number => streams.reduce((sum, { writableLength }) => sum + writableLength, 0);
  let before = left();
  for (let stalled = 0; stalled < longestStall; stalled += pace) {
    if (await Promise.race([done, pause(pace, false)])) {
      return;
    }
    const now = left();
    stalled = now === before ? stalled : 0;
    before = now;
  }
}
