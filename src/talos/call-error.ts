import type { Failure } from './failure.ts';

/** Thrown by every call that fails. The message is that of the failure. */
export class CallError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'CallError';
    this.failure = failure;
  }
}

/** The response breaks the protocol or exceeds a limit. */
export function malformed(message: string, endpoint: string, code = 'INTERNAL'): CallError {
  return new CallError({ kind: 'malformed', layer: 'node', code, message, endpoint });
}
