import { flushed } from './output.ts';
import { isStuck } from './time-limit.ts';

/** A runner cancels with SIGINT, then SIGTERM; on Windows with SIGBREAK. */
const signals = ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const;

type Handler = (name: NodeJS.Signals) => void;

const controller = new AbortController();
let handler: Handler | undefined;

// Runs on import. The entries import it first, so that a signal during loading is not missed.
for (const name of signals) {
  process.on(name, () => {
    if (controller.signal.aborted && handler === undefined && name === 'SIGINT') {
      process.exit(130);
    }
    controller.abort();
    handler?.(name);
  });
}

/**
 * Aborts at the first signal, so that the report can still be written. A second
 * SIGINT ends the process at once.
 */
export function cancellation(): AbortSignal {
  return controller.signal;
}

/**
 * Calls back for every signal, including later ones and SIGHUP, until the result
 * is disposed of. The first signal still cancels.
 */
export function onSignals(onSignal: Handler): Disposable {
  const hangUp = (): void => onSignal('SIGHUP');
  handler = onSignal;
  process.on('SIGHUP', hangUp);
  return {
    [Symbol.dispose]: () => {
      handler = undefined;
      process.off('SIGHUP', hangUp);
    },
  };
}

/**
 * Ends the process when its output is flushed. Otherwise, a connection to an
 * endpoint that does not respond would keep it alive for minutes.
 */
export async function exit(code: number): Promise<void> {
  await flushed();
  if (isStuck() && process.execve !== undefined && process.platform !== 'win32') {
    // `process.exit` would wait for the thread that hangs; replacing the program does not.
    process.execve(process.execPath, [process.execPath, '-e', `process.exit(${code})`], {});
  }
  process.exit(code);
}
