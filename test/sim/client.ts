import assert from 'node:assert/strict';
import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { Client, credentials, Metadata, type StatusObject, status } from '@grpc/grpc-js';
import { load } from 'js-yaml';
import type { RunningNode, SimulatedCluster } from '../../sim/cluster.ts';
import type { TalosconfigOptions, TalosRole } from '../../sim/pki/authorities.ts';

export interface Method<I extends DescMessage, O extends DescMessage> {
  readonly name: string;
  readonly parent: { readonly typeName: string };
  readonly input: I;
  readonly output: O;
}

export interface CallOptions {
  readonly node?: string | readonly string[];
  readonly nodes?: readonly string[];
  readonly timeoutMs?: number;
  /** Called with every message; `true` ends the call. */
  readonly until?: (count: number) => boolean;
}

export interface Outcome<T> {
  /** The name of the gRPC status. */
  readonly code: string;
  readonly message: string;
  readonly messages: readonly T[];
}

interface RawCall {
  readonly path: string;
  readonly request: Uint8Array;
  readonly metadata: Metadata;
  readonly timeoutMs: number;
  readonly until?: (count: number) => boolean;
}

/** Every method is asked as a stream of answers: a unary one has a single answer. */
export async function outcomeOf(
  client: Client,
  { path, request, metadata, timeoutMs, until }: RawCall,
): Promise<Outcome<Uint8Array>> {
  const messages: Uint8Array[] = [];
  const stream = client.makeServerStreamRequest(
    path,
    (bytes: Uint8Array) => Buffer.from(bytes),
    (bytes: Buffer) => bytes,
    request,
    metadata,
    { deadline: Date.now() + timeoutMs },
  );
  const end = await new Promise<StatusObject>((resolve) => {
    stream.on('data', (message: Buffer) => {
      messages.push(message);
      if (until?.(messages.length)) stream.cancel();
    });
    stream.on('error', () => undefined);
    stream.on('status', resolve);
  });
  // a server in Node says OK in words, one in Go says nothing
  const message = end.code === status.OK ? '' : end.details;
  return { code: status[end.code] ?? String(end.code), message, messages };
}

/** The context that a talosconfig says, as it stands there. */
export function contextOf(talosconfig: string): { ca: string; crt: string; key: string } {
  const { context, contexts } = JSON.parse(JSON.stringify(load(talosconfig)));
  return contexts[context];
}

/** A client as plain as can be, over real mutual TLS. */
export class TalosClient implements Disposable {
  readonly #client: Client;

  constructor(talosconfig: string, endpoint: string, serverName: string) {
    const { ca, crt, key } = contextOf(talosconfig);
    const decode = (text: string) =>
      Buffer.from(Buffer.from(text, 'base64').toString().replaceAll('ED25519 PRIVATE', 'PRIVATE'));
    this.#client = new Client(endpoint, credentials.createSsl(decode(ca), decode(key), decode(crt)), {
      'grpc.ssl_target_name_override': serverName,
      'grpc.default_authority': serverName,
      'grpc.enable_http_proxy': 0,
    });
  }

  /** The outcome of a call, with the answers decoded. */
  async call<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): Promise<Outcome<MessageShape<O>>> {
    const path = `/${method.parent.typeName}/${method.name}`;
    const bytes = toBinary(method.input, create(method.input, request));
    const { messages, ...outcome } = await this.callBytes(path, bytes, options);
    return { ...outcome, messages: messages.map((message) => fromBinary(method.output, message)) };
  }

  async callBytes(
    path: string,
    request: Uint8Array,
    { node = [], nodes = [], timeoutMs = 5000, until }: CallOptions = {},
  ): Promise<Outcome<Uint8Array>> {
    const metadata = new Metadata();
    for (const value of typeof node === 'string' ? [node] : node) metadata.add('node', value);
    for (const value of nodes) metadata.add('nodes', value);
    return outcomeOf(this.#client, { path, request, metadata, timeoutMs, ...(until && { until }) });
  }

  /** The answer of a call that must succeed, and answer once. */
  async ask<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    const { code, message, messages } = await this.call(method, request, options);
    assert.deepEqual([code, message, messages.length], ['OK', '', 1]);
    const [answer] = messages;
    assert.ok(answer !== undefined);
    return answer;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}

export function connect(
  cluster: SimulatedCluster,
  role: TalosRole = 'os:reader',
  options: TalosconfigOptions & { readonly through?: string } = {},
): TalosClient {
  const node = nodeOf(cluster, options.through ?? 'cp-1');
  return new TalosClient(cluster.talosconfig(role, options), node.endpoint, node.name);
}

export function nodeOf(cluster: SimulatedCluster, name: string): RunningNode {
  const found = cluster.nodes.find((node) => node.name === name);
  assert.ok(found !== undefined, `no node ${name}`);
  return found;
}
