import {
  createSecureServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { type Hostile, listen, serverOptions } from './hostile-sockets.ts';

interface Behaviour {
  /** Called with every connection. */
  readonly session?: (session: ServerHttp2Session) => void;
  /** Called with every call; `path` is such as `/cosi.resource.State/List`. */
  readonly call?: (stream: ServerHttp2Stream, path: string, headers: IncomingHttpHeaders) => void;
}

/** An HTTP/2 server like an endpoint, with this behaviour. */
export async function onHttp2({ session, call }: Behaviour): Promise<Hostile> {
  const server: Http2Server = createSecureServer({ ...serverOptions(), allowHTTP1: false, maxSessionMemory: 1000 });
  server.on('session', (opened) => {
    opened.on('error', () => opened.destroy());
    session?.(opened);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    stream.resume();
    call?.(stream, String(headers[':path']), headers);
  });
  return await listen(server);
}

export const grpcHeaders = { ':status': 200, 'content-type': 'application/grpc+proto' } as const;

/** A gRPC frame of a message. */
export function framed(message: Uint8Array, compressed = false): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(compressed ? 1 : 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** A length-delimited field of a protobuf message. */
export function field(number: number, content: Uint8Array): Buffer {
  const length: number[] = [];
  for (let rest = content.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) {
      break;
    }
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), content]);
}

/** Responds with this message and the status OK. */
export function answer(stream: ServerHttp2Stream, message: Uint8Array): void {
  stream.respond(grpcHeaders, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(framed(message));
}

/** Writes these bytes repeatedly, as fast as they are read, without end. */
export function flood(stream: ServerHttp2Stream, bytes: Buffer): void {
  stream.respond(grpcHeaders);
  const write = (): void => {
    while (!stream.destroyed && stream.write(bytes)) {
      // Until the buffer is full.
    }
  };
  stream.on('drain', write);
  write();
}
