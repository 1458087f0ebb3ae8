import type { Credentials } from './access.ts';

/** A request to an API server, in whichever version of HTTP it came. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly credentials: Credentials;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** Where the answer goes. */
export interface ApiResponse {
  writeHead(status: number, headers: Readonly<Record<string, string | number>>): unknown;
  /** HTTP/1 would keep the head until there is a body; version 2, where this is not known, does not. */
  flushHeaders?(): void;
  write(chunk: string): unknown;
  end(chunk: string): unknown;
}
