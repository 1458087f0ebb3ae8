import { constants } from 'node:http2';
import { Status } from '@grpc/grpc-js/build/src/constants.js';
import { getDeadlineTimeoutString } from '@grpc/grpc-js/build/src/deadline.js';
import type { Metadata } from '@grpc/grpc-js/build/src/metadata.js';
import type { SubchannelCall, SubchannelCallInterceptingListener } from '@grpc/grpc-js/build/src/subchannel-call.js';
import type { Transport } from '@grpc/grpc-js/build/src/transport.js';
import { onAbort } from './on-abort.ts';

/** One question, encoded, and who takes the answer. */
export interface RpcRequest {
  readonly path: string;
  readonly request: Uint8Array;
  /** `host:port`, whom it is for. */
  readonly authority: string;
  readonly metadata: Metadata;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** Takes each message of the answer, the next one after that; where it throws, the call is given up. */
  onMessage(bytes: Uint8Array): undefined | Promise<void>;
}

/** How a call ended. */
export interface RpcResult {
  readonly code: Status;
  readonly details: string;
  /** Whether there was a connection to carry it: without one, no server has said this. */
  readonly connected: boolean;
}

interface Attempted extends RpcResult {
  /** The server has refused the stream without a look at the call. */
  readonly isUntouched: boolean;
}

type Reach = () => Transport | Promise<Transport>;

/**
 * Makes a call on the connection that is there, or on the one that comes.
 * Resolves with how it ended, rejects with what `onMessage` threw. What a
 * server refused without a look is asked once more, as gRPC has it.
 */
export async function unaryCall(reach: Reach, request: RpcRequest): Promise<RpcResult> {
  const result = await attempt(reach, request);
  return result.isUntouched ? attempt(reach, request) : result;
}

/** Node fires timers of more at once: about 25 days, in milliseconds. */
const longestTimer = 2 ** 31 - 1;

function attempt(reach: Reach, request: RpcRequest): Promise<Attempted> {
  const { deadline, signal } = request;
  return new Promise((resolve, reject) => {
    let call: SubchannelCall | undefined;
    let hasEnded = false;
    const end = (code: Status, details: string, isUntouched = false): void => {
      hasEnded = true;
      clearTimeout(timer);
      forget();
      resolve({ code, details, connected: call !== undefined, isUntouched });
    };
    const stop = (code: Status, details: string): void =>
      call === undefined ? end(code, details) : call.cancelWithStatus(code, details);
    const cancel = (): void => stop(Status.CANCELLED, 'Call cancelled');
    const left = Math.max(0, Math.min(deadline - Date.now(), longestTimer));
    const timer = setTimeout(stop, left, Status.DEADLINE_EXCEEDED, 'Deadline exceeded');
    const forget = onAbort(signal, cancel);
    const give = (error: unknown): void => {
      reject(error);
      cancel();
    };
    const start = (transport: Transport): void => {
      if (hasEnded) {
        return;
      }
      try {
        call = ask(transport, request, end, give);
      } catch {
        // The connection is just being lost: gRPC knows that by now, and the next one is another.
        end(Status.UNAVAILABLE, 'Connection dropped', true);
      }
    };
    if (signal.aborted) {
      cancel();
      return;
    }
    const reached = reach();
    if (reached instanceof Promise) {
      reached.then(start, (error: unknown) => hasEnded || end(Status.UNAVAILABLE, reasonOf(error)));
    } else {
      start(reached);
    }
  });
}

/** Opens a stream for the call. */
function ask(
  transport: Transport,
  { path, authority, metadata, deadline, request, onMessage }: RpcRequest,
  onEnd: (code: Status, details: string, isUntouched: boolean) => void,
  onThrow: (error: unknown) => void,
): SubchannelCall {
  let isHeard = false;
  const listener: SubchannelCallInterceptingListener = {
    onReceiveMetadata: () => undefined,
    onReceiveMessage: (framed: Buffer) => {
      isHeard = true;
      if (framed[0] !== 0) {
        call.cancelWithStatus(Status.INTERNAL, 'Received a compressed message, and none was asked for');
        return;
      }
      try {
        const taken = onMessage(framed.subarray(prefix));
        if (taken === undefined) {
          call.startRead();
        } else {
          void taken.then(() => call.startRead());
        }
      } catch (error) {
        onThrow(error);
      }
    },
    onReceiveStatus: ({ code, details, rstCode }) =>
      onEnd(code, details, rstCode === constants.NGHTTP2_REFUSED_STREAM && !isHeard),
  };
  metadata.set('grpc-timeout', getDeadlineTimeoutString(deadline));
  const call = transport.createCall(metadata, authority, path, listener, {});
  call.startRead();
  call.sendMessageWithContext({}, frame(request));
  call.halfClose();
  return call;
}

/** What comes before each message: whether it is compressed, and its length. In bytes. */
const prefix = 5;

function frame(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(prefix + message.length);
  framed.writeUInt32BE(message.length, 1);
  framed.set(message, prefix);
  return framed;
}

/** Where a name has several addresses, each has its own reason, and the whole has none. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) {
    return error.errors.map(reasonOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
