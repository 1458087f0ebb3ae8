/** A runner cancels with SIGINT, then SIGTERM; on Windows it is SIGBREAK. */
const signals = ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const;

/**
 * Turns the first signal into an abort, so that the report can still be
 * written. Whoever sends a second one does not want to wait for that.
 */
export function cancellation(): AbortSignal {
  const controller = new AbortController();
  for (const name of signals) {
    process.on(name, () => {
      if (controller.signal.aborted && name === 'SIGINT') {
        process.exit(130);
      }
      controller.abort();
    });
  }
  return controller.signal;
}

/**
 * Ends the process once its output has been written. A connection to an
 * endpoint that never answers would otherwise keep it alive for minutes.
 */
export function exit(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
