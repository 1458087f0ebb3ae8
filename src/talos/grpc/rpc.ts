import { constants } from 'node:http2';
import { onAbort } from './on-abort.ts';
import type { Session } from './session.ts';
import { type Metadata, Status, type Transport, type TransportCall, type TransportListener } from './transport.ts';

/** One request, encoded, and the handler of its response. */
export interface RpcRequest {
  readonly path: string;
  readonly request: Uint8Array;
  /** `host:port` of the endpoint. */
  readonly authority: string;
  readonly metadata: Metadata;
  /** Returns headers to add. Called for each attempt. */
  readonly authenticate?: () => Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** Called with each message; the next one is read when the promise resolves. The call is cancelled if this throws. */
  onMessage(bytes: Uint8Array): undefined | Promise<void>;
}

/** How a call ended. */
export interface RpcResult {
  readonly code: Status;
  readonly details: string;
  /** False if there was no connection; then the status does not come from a server. */
  readonly connected: boolean;
}

interface Attempt extends RpcResult {
  /** The server did not process the call (HTTP/2 REFUSED_STREAM), or it was never sent. */
  readonly isUnprocessed: boolean;
}

/**
 * Makes a call on the open connection, or on the one that `reach` opens.
 * Resolves with how it ended, rejects with what `onMessage` threw. A call that
 * the server did not process is repeated once, as gRPC's transparent retry does.
 */
export async function makeCall(reach: Session['reach'], request: RpcRequest): Promise<RpcResult> {
  const result = await attempt(reach, request);
  return result.isUnprocessed ? attempt(reach, request) : result;
}

/** In milliseconds, about 25 days. Node fires a timer with a longer delay at once. */
const maxTimerDelay = 2 ** 31 - 1;

function attempt(reach: Session['reach'], request: RpcRequest): Promise<Attempt> {
  const { deadline, signal } = request;
  return new Promise((resolve, reject) => {
    let call: TransportCall | undefined;
    let hasEnded = false;
    const end = (code: Status, details: string, isUnprocessed = false): void => {
      hasEnded = true;
      clearTimeout(timer);
      removeListener();
      resolve({ code, details, connected: call !== undefined, isUnprocessed });
    };
    const stop = (code: Status, details: string): void =>
      call === undefined ? end(code, details) : call.cancelWithStatus(code, details);
    const cancel = (): void => stop(Status.CANCELLED, 'Call cancelled');
    const left = Math.max(0, Math.min(deadline - Date.now(), maxTimerDelay));
    const timer = setTimeout(stop, left, Status.DEADLINE_EXCEEDED, 'Deadline exceeded');
    const removeListener = onAbort(signal, cancel);
    const onThrow = (error: unknown): void => {
      reject(error);
      cancel();
    };
    if (signal.aborted) {
      cancel();
      return;
    }
    reach().then(
      (transport) => {
        if (hasEnded) {
          return;
        }
        try {
          call = send(transport, request, end, onThrow);
        } catch {
          // Older versions of Node throw if the connection is closing. The session has dropped it, so the retry opens another.
          end(Status.UNAVAILABLE, 'Connection dropped', true);
        }
      },
      (error: unknown) => hasEnded || end(Status.UNAVAILABLE, reasonOf(error)),
    );
  });
}

/** Opens a stream, sends the request and reads the response. */
function send(
  transport: Transport,
  { path, authority, metadata, authenticate, deadline, request, onMessage }: RpcRequest,
  onEnd: (code: Status, details: string, isUnprocessed: boolean) => void,
  onThrow: (error: unknown) => void,
): TransportCall {
  let hasAnswered = false;
  const listener: TransportListener = {
    onReceiveMetadata: () => undefined,
    onReceiveMessage: (framed: Buffer) => {
      hasAnswered = true;
      if (framed[0] !== 0) {
        call.cancelWithStatus(Status.INTERNAL, 'Received a compressed message, and none was asked for');
        return;
      }
      try {
        const handled = onMessage(framed.subarray(prefix));
        if (handled === undefined) {
          call.startRead();
        } else {
          void handled.then(() => call.startRead());
        }
      } catch (error) {
        onThrow(error);
      }
    },
    onReceiveStatus: ({ code, details, rstCode }) =>
      onEnd(code, details, rstCode === constants.NGHTTP2_REFUSED_STREAM && !hasAnswered),
  };
  for (const [name, value] of Object.entries(authenticate?.() ?? {})) {
    metadata.set(name, value);
  }
  metadata.set('grpc-timeout', timeoutValue(deadline - Date.now()));
  const call = transport.createCall(metadata, authority, path, listener, {});
  call.startRead();
  call.sendMessageWithContext({}, frame(request));
  call.halfClose();
  return call;
}

/** The header has at most eight digits and a unit. In milliseconds, that is about a day. */
function timeoutValue(milliseconds: number): string {
  const left = Math.max(0, Math.ceil(milliseconds));
  return left < 1e8 ? `${left}m` : `${Math.ceil(left / 1000)}S`;
}

/** The bytes before each message: the compression flag and the length. */
const prefix = 5;

function frame(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(prefix + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, prefix);
  return framed;
}

/** The error has one reason for each address. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) {
    return error.errors.map(reasonOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
