import {
  create,
  type DescMessage,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { Status } from '@grpc/grpc-js/build/src/constants.js';
import { Metadata } from '@grpc/grpc-js/build/src/metadata.js';
import { behindProxy } from './behind-proxy.ts';
import { classify } from './classify.ts';
import { decodeMessage, TooMuch } from './decode.ts';
import type { Failure } from './failure.ts';
import { type RpcRequest, type RpcResult, unaryCall } from './rpc.ts';
import type { Session } from './session.ts';

/** Thrown by every call that gives no answer. The failure says why; the message is its one line. */
export class CallError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'CallError';
    this.failure = failure;
  }
}

export interface CallOptions {
  /** The node to which the endpoint forwards the call; absent, the endpoint answers for itself. */
  readonly node?: string | undefined;
  /** Milliseconds. No call goes without: apid holds a call to a dead node for as long as it is let. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** What was spent on a cluster: calls, and the bytes of their encoded questions and answers. Every call adds to it. */
export interface Usage {
  calls: number;
  sent: number;
  received: number;
}

/** A connection with the name that failures carry. */
export interface Channel extends Pick<Session, 'reach'> {
  /** `host:port`. */
  readonly endpoint: string;
  readonly usage?: Usage;
  /** The name of the proxy that leads to it, where there is one. */
  readonly proxy?: string;
}

function count({ usage }: Channel, spent: Partial<Usage>): void {
  if (usage !== undefined) {
    usage.calls += spent.calls ?? 0;
    usage.sent += spent.sent ?? 0;
    usage.received += spent.received ?? 0;
  }
}

function metadata(options: CallOptions): Metadata {
  const result = new Metadata();
  if (options.node !== undefined) {
    result.set('node', options.node);
  }
  return result;
}

function failed({ code, details, connected }: RpcResult, { endpoint, proxy }: Channel, signal: AbortSignal): CallError {
  if (signal.aborted) {
    return new CallError({ kind: 'cancelled', layer: 'caller', code: 'CANCELLED', message: 'cancelled', endpoint });
  }
  const failure = classify({ code: Status[code] ?? String(code), details, connected }, endpoint);
  return new CallError(proxy === undefined ? failure : behindProxy(failure, proxy));
}

const malformed = (message: string, endpoint: string): CallError =>
  new CallError({ kind: 'malformed', layer: 'node', code: 'INTERNAL', message, endpoint });

/** Decoding happens here and not in gRPC, so that a malformed answer is told from a failed call. */
function decode<O extends DescMessage>(schema: O, bytes: Uint8Array, endpoint: string): MessageShape<O> {
  try {
    return decodeMessage(schema, bytes);
  } catch (error) {
    throw malformed(
      error instanceof TooMuch ? error.message : `the answer is not a valid ${schema.typeName}`,
      endpoint,
    );
  }
}

function path(method: { readonly name: string; readonly parent: { readonly typeName: string } }): string {
  return `/${method.parent.typeName}/${method.name}`;
}

/** What goes over the wire; it is counted with that. */
function asked<I extends DescMessage, O extends DescMessage>(
  channel: Channel,
  method: DescMethodUnary<I, O> | DescMethodServerStreaming<I, O>,
  input: MessageInitShape<I>,
  options: CallOptions,
): Omit<RpcRequest, 'signal' | 'onMessage'> {
  const request = toBinary(method.input, create(method.input, input));
  count(channel, { calls: 1, sent: request.length });
  return {
    path: path(method),
    request,
    authority: channel.endpoint,
    metadata: metadata(options),
    deadline: Date.now() + options.timeout,
  };
}

/** What an answer may bring before it is given up. */
interface Bounds {
  readonly messages: number;
  readonly bytes: number;
}

const mebibyte = 1024 * 1024;

function tooLong({ messages, bytes }: Bounds, endpoint: string): CallError {
  const message = `the answer was given up: it has more than ${messages} parts or ${bytes / mebibyte} MiB`;
  return new CallError({ kind: 'malformed', layer: 'node', code: 'RESOURCE_EXHAUSTED', message, endpoint });
}

/**
 * All messages of an answer at once.
 * @throws {CallError}
 */
export async function collect<I extends DescMessage, O extends DescMessage>(
  channel: Channel,
  method: DescMethodUnary<I, O> | DescMethodServerStreaming<I, O>,
  input: MessageInitShape<I>,
  options: CallOptions,
  bounds: Bounds,
): Promise<readonly MessageShape<O>[]> {
  const { endpoint } = channel;
  const messages: MessageShape<O>[] = [];
  let bytes = 0;
  const result = await unaryCall(channel.reach, {
    ...asked(channel, method, input, options),
    signal: options.signal,
    onMessage: (message) => {
      count(channel, { received: message.length });
      bytes += message.length;
      if (messages.length >= bounds.messages || bytes > bounds.bytes) {
        throw tooLong(bounds, endpoint);
      }
      messages.push(decode(method.output, message, endpoint));
      return undefined;
    },
  });
  if (result.code !== Status.OK) {
    throw failed(result, channel, options.signal);
  }
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
 * The messages of an answer as they come; the next one is read when the one before has been dealt with.
 * Leaving the loop early cancels the call: an abandoned stream would stay open on the server.
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
  let taken = Promise.withResolvers<void>();
  const ended = unaryCall(channel.reach, {
    ...asked(channel, method, input, options),
    signal: AbortSignal.any([options.signal, left.signal]),
    onMessage: (message) => {
      count(channel, { received: message.length });
      taken = Promise.withResolvers();
      next.resolve(message);
      return taken.promise;
    },
  });
  void ended.then(() => next.resolve(undefined));
  try {
    for (let bytes = await next.promise; bytes !== undefined; bytes = await next.promise) {
      next = Promise.withResolvers();
      yield decode(method.output, bytes, channel.endpoint);
      taken.resolve();
    }
  } finally {
    left.abort();
  }
  const result = await ended;
  if (result.code !== Status.OK) {
    throw failed(result, channel, options.signal);
  }
}
