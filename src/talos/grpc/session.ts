import type { Transport } from './transport.ts';

/** A connection that opens when it is first needed, and again after it was lost. */
export interface Session {
  /** Resolves with the connection, which it opens if there is none; rejects with the reason why that fails. */
  reach(): Promise<Transport>;
  /**
   * Drops a connection that does not come up or no longer answers, so that the
   * next call opens another: TCP retransmits for minutes, long after the machine
   * is back. A recent connection or attempt is kept.
   */
  renew(): void;
  close(): void;
}

/** The age at which `renew` drops a connection or an attempt, in milliseconds: less than the timeout of a call. */
const minimumAge = 3000;

/** The delay before the next attempt after a failed one, in milliseconds. Calls in between fail with the same reason. */
const reconnectDelay = 250;

interface Attempt {
  /** When it began, or when the connection came up. Epoch milliseconds. */
  since: number;
  readonly abandon: AbortController;
  readonly connected: Promise<Transport>;
  transport?: Transport;
}

/** @param connect opens a connection, until the signal aborts */
export function openSession(connect: (signal: AbortSignal) => Promise<Transport>): Session {
  let current: Attempt | undefined;

  function begin(): Attempt {
    const abandon = new AbortController();
    const attempt: Attempt = {
      since: Date.now(),
      abandon,
      connected: connect(abandon.signal).then(
        (transport) => onConnected(attempt, transport),
        (error: unknown) => onConnectFailed(attempt, error),
      ),
    };
    // Callers get the reason. If none is left, the rejection must not be unhandled.
    attempt.connected.catch(() => undefined);
    current = attempt;
    return attempt;
  }

  function forget(attempt: Attempt): void {
    if (current === attempt) {
      current = undefined;
    }
  }

  function onConnected(attempt: Attempt, transport: Transport): Transport {
    attempt.transport = transport;
    attempt.since = Date.now();
    // After a GOAWAY, the server still answers the calls in flight.
    transport.addDisconnectListener(() => {
      forget(attempt);
      transport.shutdown();
    });
    return transport;
  }

  function onConnectFailed(attempt: Attempt, error: unknown): never {
    setTimeout(forget, reconnectDelay, attempt).unref();
    throw attempt.abandon.signal.aborted ? new Error('Connection dropped: it did not come up') : error;
  }

  /** Calls in flight on an open connection can still end. */
  function giveUp({ abandon, transport }: Attempt): void {
    if (transport === undefined) {
      abandon.abort();
    } else {
      transport.shutdown();
    }
  }

  return {
    reach: () => (current ?? begin()).connected,
    renew: () => {
      if (current !== undefined && Date.now() - current.since >= minimumAge) {
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
