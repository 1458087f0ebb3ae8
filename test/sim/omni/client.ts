import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { ServiceAccount } from '../../../sim/omni/accounts.ts';
import type { Omni } from '../../../sim/omni/omni.ts';
import { type Method, type Outcome, outcomeOf } from '../client.ts';

export interface SignedCallOptions {
  /** Metadata besides the signature. By default that of a call for Talos in the cluster `demo`. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Further metadata that the signature does not cover. */
  readonly unsigned?: Readonly<Record<string, string>>;
  /** Seconds that the clock of the caller is ahead. */
  readonly ahead?: number;
  /** What becomes of the payload before it is signed. */
  readonly payload?: (payload: Payload) => unknown;
  /** What becomes of the signature header. */
  readonly signature?: (header: string) => string;
  readonly timeoutMs?: number;
}

interface Payload {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly method: string;
}

const forTalos = { runtime: 'Talos', context: 'demo' };

/** A client as plain as can be that signs its calls as Omni wants it. Without an account it does not. */
export class OmniClient implements Disposable {
  readonly #client: Client;
  readonly #account: ServiceAccount | undefined;

  constructor(omni: Omni, account?: ServiceAccount) {
    const address = omni.endpoint.replace('https://', '');
    this.#client = new Client(address, credentials.createSsl(Buffer.from(omni.ca)), { 'grpc.enable_http_proxy': 0 });
    this.#account = account;
  }

  /** The outcome of a call, with the answers decoded. */
  async call<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    options: SignedCallOptions = {},
  ): Promise<Outcome<MessageShape<O>>> {
    const path = `/${method.parent.typeName}/${method.name}`;
    const metadata = this.#metadata(path, options);
    const bytes = toBinary(method.input, create(method.input, request));
    const { timeoutMs = 5000 } = options;
    const { messages, ...outcome } = await outcomeOf(this.#client, { path, request: bytes, metadata, timeoutMs });
    return { ...outcome, messages: messages.map((message) => fromBinary(method.output, message)) };
  }

  #metadata(method: string, options: SignedCallOptions): Metadata {
    const {
      headers = forTalos,
      unsigned = {},
      ahead = 0,
      payload = (same) => same,
      signature = (same) => same,
    } = options;
    const now = Math.floor(Date.now() / 1000) + ahead;
    const lists = Object.entries({ 'x-sidero-timestamp': String(now), ...headers }).map(
      ([name, value]) => [name, [value].flat()] as const,
    );
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(unsigned)) metadata.set(name, value);
    for (const [name, values] of lists) for (const value of values) metadata.add(name, value);
    if (this.#account === undefined) return metadata;
    const text = JSON.stringify(payload({ headers: Object.fromEntries(lists), method }));
    const { name, key } = this.#account;
    const { fingerprint } = key.publicKey;
    const signed = key.sign(Buffer.from(text), now).toString('base64');
    metadata.set('x-sidero-payload', text);
    metadata.set('x-sidero-signature', signature(`siderov1 ${name} ${fingerprint.toString('hex')} ${signed}`));
    return metadata;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
