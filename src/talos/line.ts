import type { Transport } from '@grpc/grpc-js/build/src/transport.js';

/** A connection that is laid when it is needed first, and anew after it was lost. */
export interface Line {
  /** The connection where there is one, else as soon as it is there; rejects with the reason why it cannot be. */
  reach(): Transport | Promise<Transport>;
  /**
   * Gives up a connection that does not come up, so that the next call begins
   * another; but not one that has hardly been begun. The network waits for minutes for packets
   * that nobody will ever answer, long after the machine is back.
   */
  renew(): void;
  close(): void;
}

/** How long a connection may take to come up before it may be given up, in milliseconds: less than a call waits. */
const longestConnect = 3000;

/** For how long a connection that failed is not tried again, in milliseconds: many calls fail with it at once. */
const rest = 250;

interface Attempt {
  /** Epoch milliseconds. `performance` would load for milliseconds, and a clock that is set costs one connection at most. */
  readonly began: number;
  readonly abandon: AbortController;
  readonly connected: Promise<Transport>;
  transport?: Transport;
}

/**
 * gRPC's channels do this too, with a queue, a timer and a stack of objects
 * for each call, for names with many addresses and for policies that spread
 * calls over them. An endpoint has one address, and its calls go elsewhere
 * where it fails: without all that, a call costs a fifth less.
 *
 * @param dial connects, until the signal aborts
 */
export function openLine(dial: (signal: AbortSignal) => Promise<Transport>): Line {
  let current: Attempt | undefined;

  function begin(): Attempt {
    const abandon = new AbortController();
    const attempt: Attempt = {
      began: Date.now(),
      abandon,
      connected: dial(abandon.signal).then(
        (transport) => keep(attempt, transport),
        (error: unknown) => mourn(attempt, error),
      ),
    };
    // Whoever waits for it gets the reason; it may be that nobody does any more.
    attempt.connected.catch(() => undefined);
    current = attempt;
    return attempt;
  }

  function forget(attempt: Attempt): void {
    if (current === attempt) {
      current = undefined;
    }
  }

  function keep(attempt: Attempt, transport: Transport): Transport {
    attempt.transport = transport;
    // Calls that a server still answers after its GOAWAY go on until they end.
    transport.addDisconnectListener(() => {
      forget(attempt);
      transport.shutdown();
    });
    return transport;
  }

  function mourn(attempt: Attempt, error: unknown): never {
    setTimeout(forget, rest, attempt).unref();
    throw attempt.abandon.signal.aborted ? new Error('Connection dropped: it did not come up') : error;
  }

  return {
    reach: () => current?.transport ?? (current ?? begin()).connected,
    renew: () => {
      if (current !== undefined && !current.transport && Date.now() - current.began >= longestConnect) {
        current.abandon.abort();
        forget(current);
      }
    },
    close: () => {
      current?.abandon.abort();
      current?.transport?.shutdown();
    },
  };
}
