import { flushed } from './output.ts';
import { isStuck } from './time-limit.ts';

/** A runner cancels with SIGINT, then SIGTERM; on Windows it is SIGBREAK. */
const signals = ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const;

type Receiver = (name: NodeJS.Signals) => void;

const controller = new AbortController();
let receiver: Receiver | undefined;

// On import, and the entries import it first: a signal that comes while all the rest loads is heard too.
for (const name of signals) {
  process.on(name, () => {
    if (controller.signal.aborted && receiver === undefined && name === 'SIGINT') {
      process.exit(130);
    }
    controller.abort();
    receiver?.(name);
  });
}

/**
 * The first signal is an abort, so that the report can still be written.
 * Whoever sends a second one does not want to wait for that.
 */
export function cancellation(): AbortSignal {
  return controller.signal;
}

/**
 * Lets somebody hear every signal, also the second one and the terminal's
 * SIGHUP, until the result is disposed of. What is cancelled stays so.
 */
export function onSignals(receive: Receiver): Disposable {
  const hangUp = (): void => receive('SIGHUP');
  receiver = receive;
  process.on('SIGHUP', hangUp);
  return {
    [Symbol.dispose]: () => {
      receiver = undefined;
      process.off('SIGHUP', hangUp);
    },
  };
}

/**
 * Ends the process once its output has been written. A connection to an
 * endpoint that never answers would otherwise keep it alive for minutes.
 */
export async function exit(code: number): Promise<void> {
  await flushed();
  if (isStuck() && process.execve !== undefined && process.platform !== 'win32') {
    // To exit would be to wait for the thread that hangs; another program in its place waits for nobody.
    process.execve(process.execPath, [process.execPath, '-e', `process.exit(${code})`], {});
  }
  process.exit(code);
}
