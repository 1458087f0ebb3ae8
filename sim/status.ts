import { status } from '@grpc/grpc-js';

export type StatusName = keyof typeof status;

/** A gRPC status as an exception: how a handler ends a call that went wrong. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly code: StatusName;

  constructor(code: StatusName, message: string) {
    super(message);
    this.code = code;
  }

  get number(): number {
    return status[this.code];
  }

  /** As Go prints it: how Talos quotes one status inside another text. */
  get text(): string {
    return `rpc error: code = ${goName(this.code)} desc = ${this.message}`;
  }
}

/** `DEADLINE_EXCEEDED` is `DeadlineExceeded` in Go. */
function goName(code: StatusName): string {
  if (code === 'OK') return 'OK';
  return code
    .toLowerCase()
    .split('_')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('');
}
