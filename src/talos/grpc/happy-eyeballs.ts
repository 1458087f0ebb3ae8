import type { Transport } from './transport.ts';

/** How long to wait for an address before the next one is tried in parallel, in milliseconds; the default of Node and RFC 8305. */
const attemptDelay = 250;

/**
 * Connects to the first address that completes the whole handshake (Happy Eyeballs,
 * RFC 8305). Node's own `autoSelectFamily` only compares TCP connections, but a name
 * can stand for several machines, and one that hangs or is in maintenance mode accepts TCP too.
 *
 * @param open connects to one address, until the signal aborts
 * @throws the reason, or an AggregateError if there are several addresses
 */
export function connectFirst(
  addresses: readonly string[],
  open: (address: string, signal: AbortSignal) => Promise<Transport>,
  signal: AbortSignal,
): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const attempts: AbortController[] = [];
    const errors: unknown[] = [];
    let isDone = false;
    let timer: NodeJS.Timeout | undefined;

    function onConnected(transport: Transport, winner: AbortController): void {
      if (isDone) {
        transport.shutdown();
        return;
      }
      isDone = true;
      clearTimeout(timer);
      for (const attempt of attempts.filter((other) => other !== winner)) {
        attempt.abort();
      }
      resolve(transport);
    }

    function onFailed(error: unknown): void {
      errors.push(error);
      if (errors.length === addresses.length) {
        clearTimeout(timer);
        reject(errors.length === 1 ? error : new AggregateError(errors));
      } else if (!isDone) {
        tryNext();
      }
    }

    function tryNext(): void {
      clearTimeout(timer);
      const address = addresses[attempts.length];
      if (address !== undefined) {
        const attempt = new AbortController();
        attempts.push(attempt);
        timer = setTimeout(tryNext, attemptDelay);
        open(address, AbortSignal.any([signal, attempt.signal])).then(
          (transport) => onConnected(transport, attempt),
          onFailed,
        );
      }
    }

    tryNext();
  });
}
