import {
  create,
  type DescMessage,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { CallError, malformed } from '../call-error.ts';
import { classify } from '../classify.ts';
import type { Authentication, Target } from './authentication.ts';
import { behindProxy } from './behind-proxy.ts';
import { decodeMessage, TooManyFieldsError } from './decode.ts';
import { makeCall, type RpcRequest, type RpcResult } from './rpc.ts';
import type { Session } from './session.ts';
import { Metadata, Status } from './transport.ts';

export interface CallOptions {
  /** The node to which the endpoint forwards the call; without it, the endpoint answers for itself. */
  readonly node?: string | undefined;
  /** Who answers; by default Talos. */
  readonly target?: Target;
  /** Milliseconds. Required: apid holds a call to a dead node until its deadline. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** The number of calls, and the bytes of their encoded requests and responses. Every call adds to it. */
export interface Usage {
  calls: number;
  sent: number;
  received: number;
}

/** A connection with the name that failures carry. */
export interface Channel extends Pick<Session, 'reach'>, Pick<Authentication, 'headers'> {
  /** `host:port`. */
  readonly endpoint: string;
  readonly usage?: Usage;
  /** The name of the proxy on the way to the endpoint. */
  readonly proxy?: string;
  /** By how much the clock of the endpoint is ahead, in milliseconds, if it tells the time. */
  readonly clockOffset?: () => Promise<number | undefined>;
}

type Method<I extends DescMessage, O extends DescMessage> = DescMethodUnary<I, O> | DescMethodServerStreaming<I, O>;

function count({ usage }: Channel, spent: Partial<Usage>): void {
  if (usage !== undefined) {
    usage.calls += spent.calls ?? 0;
    usage.sent += spent.sent ?? 0;
    usage.received += spent.received ?? 0;
  }
}

async function throwIfFailed(
  { code, details, connected }: RpcResult,
  channel: Channel,
  signal: AbortSignal,
): Promise<void> {
  const { endpoint, proxy } = channel;
  if (code === Status.OK) {
    return;
  }
  if (signal.aborted) {
    throw new CallError({ kind: 'cancelled', layer: 'caller', code: 'CANCELLED', message: 'cancelled', endpoint });
  }
  // A signature counts for a while only: a clock that is wrong looks like a wrong key.
  const clockOffset = code === Status.UNAUTHENTICATED ? await channel.clockOffset?.() : undefined;
  const failure = classify({ code: Status[code] ?? String(code), details, connected, clockOffset }, endpoint);
  throw new CallError(proxy === undefined ? failure : behindProxy(failure, proxy));
}

/** Decodes a message here and not in gRPC, which reports a malformed response as a failed call. */
function decode<O extends DescMessage>(schema: O, bytes: Uint8Array, endpoint: string): MessageShape<O> {
  try {
    return decodeMessage(schema, bytes);
  } catch (error) {
    const message =
      error instanceof TooManyFieldsError ? error.message : `the answer is not a valid ${schema.typeName}`;
    throw malformed(message, endpoint);
  }
}

/** Encodes a request, and counts it. */
function encode<I extends DescMessage, O extends DescMessage>(
  channel: Channel,
  method: Method<I, O>,
  input: MessageInitShape<I>,
  { node, target = 'talos', timeout }: CallOptions,
): Omit<RpcRequest, 'signal' | 'onMessage'> {
  const request = toBinary(method.input, create(method.input, input));
  count(channel, { calls: 1, sent: request.length });
  const metadata = new Metadata();
  if (node !== undefined) {
    metadata.set('node', node);
  }
  const path = `/${method.parent.typeName}/${method.name}`;
  const { headers } = channel;
  return {
    path,
    request,
    authority: channel.endpoint,
    metadata,
    ...(headers && { authenticate: () => headers(path, target) }),
    deadline: Date.now() + timeout,
  };
}

/** The limits of a response. The call is cancelled when it exceeds one. */
interface Limits {
  readonly messages: number;
  readonly bytes: number;
}

const mebibyte = 1024 * 1024;

/**
 * Makes a call and returns all messages of its response.
 * @throws {CallError}
 */
export async function collect<I extends DescMessage, O extends DescMessage>(
  channel: Channel,
  method: Method<I, O>,
  input: MessageInitShape<I>,
  options: CallOptions,
  limits: Limits,
): Promise<readonly MessageShape<O>[]> {
  const { endpoint } = channel;
  const messages: MessageShape<O>[] = [];
  let bytes = 0;
  const result = await makeCall(channel.reach, {
    ...encode(channel, method, input, options),
    signal: options.signal,
    onMessage: (message) => {
      count(channel, { received: message.length });
      bytes += message.length;
      if (messages.length >= limits.messages || bytes > limits.bytes) {
        const most = `${limits.messages} parts or ${limits.bytes / mebibyte} MiB`;
        throw malformed(`the answer was given up: it has more than ${most}`, endpoint, 'RESOURCE_EXHAUSTED');
      }
      messages.push(decode(method.output, message, endpoint));
      return undefined;
    },
  });
  await throwIfFailed(result, channel, options.signal);
  return messages;
}

/** @throws {CallError} */
export async function unary<I extends DescMessage, O extends DescMessage>(
  channel: Channel,
  method: DescMethodUnary<I, O>,
  input: MessageInitShape<I>,
  options: CallOptions,
): Promise<MessageShape<O>> {
  const [message] = await collect(channel, method, input, options, { messages: 1, bytes: 32 * mebibyte });
  if (message === undefined) {
    throw malformed('the answer holds no message', channel.endpoint);
  }
  return message;
}

/**
 * Yields the messages of a response as they arrive; the next one is read when the
 * previous one was handled. Leaving the loop early cancels the call, which would
 * otherwise stay open on the server.
 * @throws {CallError}
 */
export async function* serverStream<I extends DescMessage, O extends DescMessage>(
  channel: Channel,
  method: DescMethodServerStreaming<I, O>,
  input: MessageInitShape<I>,
  options: CallOptions,
): AsyncGenerator<MessageShape<O>, void, undefined> {
  const left = new AbortController();
  let next = Promise.withResolvers<Uint8Array | undefined>();
  let handled = Promise.withResolvers<void>();
  const ended = makeCall(channel.reach, {
    ...encode(channel, method, input, options),
    signal: AbortSignal.any([options.signal, left.signal]),
    onMessage: (message) => {
      count(channel, { received: message.length });
      handled = Promise.withResolvers();
      next.resolve(message);
      return handled.promise;
    },
  });
  void ended.then(() => next.resolve(undefined));
  try {
    for (let bytes = await next.promise; bytes !== undefined; bytes = await next.promise) {
      next = Promise.withResolvers();
      yield decode(method.output, bytes, channel.endpoint);
      handled.resolve();
    }
  } finally {
    left.abort();
  }
  await throwIfFailed(await ended, channel, options.signal);
}
