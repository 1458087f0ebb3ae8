import type { Transport } from '@grpc/grpc-js/build/src/transport.js';

/** How long an address is tried before the next one is tried beside it, in milliseconds; as Node does, and RFC 8305 recommends. */
const headStart = 250;

/**
 * Connects to whichever address takes the whole handshake first. Behind a name
 * stand several machines: one that hangs, or is in maintenance mode, takes a
 * TCP connection too, and must not stand for the others.
 *
 * @param open connects to one address, until the signal aborts
 * @throws the reason, or an AggregateError where each address has its own
 */
export function connectFirst(
  addresses: readonly string[],
  open: (address: string, signal: AbortSignal) => Promise<Transport>,
  signal: AbortSignal,
): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const attempts: AbortController[] = [];
    const errors: unknown[] = [];
    let isOver = false;
    let timer: NodeJS.Timeout | undefined;

    function win(transport: Transport, winner: AbortController): void {
      if (isOver) {
        transport.shutdown();
        return;
      }
      isOver = true;
      clearTimeout(timer);
      for (const attempt of attempts.filter((other) => other !== winner)) {
        attempt.abort();
      }
      resolve(transport);
    }

    function lose(error: unknown): void {
      errors.push(error);
      if (errors.length === addresses.length) {
        clearTimeout(timer);
        reject(errors.length === 1 ? error : new AggregateError(errors));
      } else if (!isOver) {
        begin();
      }
    }

    function begin(): void {
      clearTimeout(timer);
      const address = addresses[attempts.length];
      if (address !== undefined) {
        const attempt = new AbortController();
        attempts.push(attempt);
        timer = setTimeout(begin, headStart);
        open(address, AbortSignal.any([signal, attempt.signal])).then(
          (transport) => win(transport, attempt),
          (error: unknown) => lose(error),
        );
      }
    }

    begin();
  });
}
