import type { TLSSocket } from 'node:tls';
import { Metadata, Server, ServerCredentials, type ServerWritableStream } from '@grpc/grpc-js';
import { StatusError } from '../status.ts';
import type { Caller } from './endpoint.ts';
import { peer } from './secure.ts';

/** An incoming call before routing. */
export interface IncomingCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly caller: Caller;
  readonly request: Uint8Array;
}

/** Answers a call by yielding messages; a thrown StatusError is the call's status. */
export type Answer = (call: IncomingCall) => AsyncIterable<Uint8Array>;

/** The gRPC server of one apid. It does not listen: TLS connections are handed to it. */
export class NodeServer {
  readonly #server: Server;
  readonly #inject: (socket: TLSSocket) => void;
  readonly #roles: (socket: PeerCertificate | undefined) => ReadonlySet<string>;
  readonly #now: (() => number) | undefined;
  readonly #running = new Set<AbortController>();
  /** By the caller's host and port: asking for a certificate anew for each call cost a tenth of it. */
  readonly #callers = new Map<string, ReadonlySet<string>>();

  /** @param now epoch milliseconds, for the header `date`; by default the time of the system */
  constructor(
    paths: readonly string[],
    answer: Answer,
    roles: (peer: PeerCertificate | undefined) => ReadonlySet<string>,
    now?: () => number,
  ) {
    this.#roles = roles;
    this.#now = now;
    // Talos allows messages of up to 32 MiB; one value for both directions
    this.#server = new Server({
      'grpc.max_receive_message_length': maxMessage,
      'grpc.max_send_message_length': maxMessage,
    });
    for (const path of paths) {
      // on the wire a unary call is a stream of one answer: one way to serve both
      this.#server.register<Buffer, Buffer>(
        path,
        (call: ServerWritableStream<Buffer, Buffer>) => void this.#serve(path, call, answer),
        (bytes) => bytes,
        (bytes) => bytes,
        'serverStream',
      );
    }
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#inject = (socket) => injector.injectConnection(socket);
  }

  accept(socket: TLSSocket): void {
    const key = peer(socket);
    const { raw, subject } = socket.getPeerCertificate();
    // Without a certificate Node gives an empty object.
    this.#callers.set(key, this.#roles(raw === undefined ? undefined : { subject }));
    socket.once('close', () => this.#callers.delete(key));
    this.#inject(socket);
  }

  stop(): void {
    for (const running of this.#running) running.abort();
    this.#server.forceShutdown();
  }

  async #serve(path: string, call: ServerWritableStream<Buffer, Buffer>, answer: Answer): Promise<void> {
    const controller = new AbortController();
    this.#running.add(controller);
    // gRPC emits this for completed calls too.
    call.on('cancelled', () => this.#running.has(controller) && controller.abort());
    const caller = { roles: this.#callers.get(call.getPeer()) ?? new Set<string>(), signal: controller.signal };
    let started = false;
    try {
      for await (const message of answer({ path, metadata: call.metadata, caller, request: call.request })) {
        if (controller.signal.aborted) return;
        if (!started) call.sendMetadata(this.#headers());
        started = true;
        call.write(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
      }
      if (!controller.signal.aborted) call.end();
    } catch (error) {
      if (!controller.signal.aborted) call.emit('error', { ...toServiceError(error), metadata: this.#headers() });
    } finally {
      this.#running.delete(controller);
    }
  }

  #headers(): Metadata {
    const headers = new Metadata();
    if (this.#now !== undefined) headers.set('date', new Date(this.#now()).toUTCString());
    return headers;
  }
}

/** What Node says of the client's certificate. */
export interface PeerCertificate {
  readonly subject: { readonly O?: string | string[] };
}

const maxMessage = 32 * 1024 * 1024;

function toServiceError(error: unknown): { code: number; details: string } {
  if (error instanceof StatusError) return { code: error.number, details: error.message };
  return {
    code: new StatusError('INTERNAL', '').number,
    details: error instanceof Error ? error.message : String(error),
  };
}
