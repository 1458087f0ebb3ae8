import type { Transport } from '@grpc/grpc-js/build/src/transport.js';

/** A connection that is laid when it is needed first, and anew after it was lost. */
export interface Session {
  /** The connection where there is one, else as soon as it is there; rejects with the reason why it cannot be. */
  reach(): Transport | Promise<Transport>;
  /**
   * Gives up a connection that does not come up, or from which nothing comes
   * any more, so that the next call begins another; but not one that has
   * hardly been begun or come up. The network waits for minutes for packets
   * that nobody will ever answer, long after the machine is back.
   */
  renew(): void;
  close(): void;
}

/** How old a connection, or the beginning of one, must be to be given up, in milliseconds: less than a call waits. */
const leastAge = 3000;

/** For how long a connection that failed is not tried again, in milliseconds: many calls fail with it at once. */
const rest = 250;

interface Attempt {
  /** When it was begun, or came up. Epoch milliseconds: `performance` would load for milliseconds, and a clock that is set costs one connection at most. */
  since: number;
  readonly abandon: AbortController;
  readonly connected: Promise<Transport>;
  transport?: Transport;
}

/**
 * gRPC's channels do this too, with a queue and a stack of objects for each
 * call, and for policies that spread calls over servers. Here calls go to
 * another endpoint where one fails: without all that, they cost a fifth less.
 *
 * @param dial connects, until the signal aborts
 */
export function openSession(dial: (signal: AbortSignal) => Promise<Transport>): Session {
  let current: Attempt | undefined;

  function begin(): Attempt {
    const abandon = new AbortController();
    const attempt: Attempt = {
      since: Date.now(),
      abandon,
      connected: dial(abandon.signal).then(
        (transport) => keep(attempt, transport),
        (error: unknown) => onConnectFailed(attempt, error),
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
    attempt.since = Date.now();
    // Calls that a server still answers after its GOAWAY go on until they end.
    transport.addDisconnectListener(() => {
      forget(attempt);
      transport.shutdown();
    });
    return transport;
  }

  function onConnectFailed(attempt: Attempt, error: unknown): never {
    setTimeout(forget, rest, attempt).unref();
    throw attempt.abandon.signal.aborted ? new Error('Connection dropped: it did not come up') : error;
  }

  /** Calls on a connection that stands go on until they end. */
  function giveUp({ abandon, transport }: Attempt): void {
    if (transport === undefined) {
      abandon.abort();
    } else {
      transport.shutdown();
    }
  }

  return {
    reach: () => current?.transport ?? (current ?? begin()).connected,
    renew: () => {
      if (current !== undefined && Date.now() - current.since >= leastAge) {
        giveUp(current);
        forget(current);
      }
    },
    close: () => {
      if (current !== undefined) {
        giveUp(current);
      }
    },
  };
}
