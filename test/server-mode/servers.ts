import type { ServerHttp2Stream } from 'node:http2';
import { answer, field, framed, grpcHeaders, onHttp2 } from '../e2e/hostile-http2.ts';
import type { Hostile } from '../e2e/hostile-sockets.ts';

/** How a server answers the health check. */
export type Behaviour = (stream: ServerHttp2Stream) => void;

export interface HealthServer extends Hostile {
  /** Number of health check calls. */
  readonly asked: number;
}

const version = field(1, field(2, field(1, Buffer.from('v1.14.0'))));

/** An endpoint without discovery. Each health check call uses the next behaviour; further calls use the last. */
export async function healthServer(...behaviours: readonly Behaviour[]): Promise<HealthServer> {
  let asked = 0;
  const server = await onHttp2({
    call: (stream, path) => {
      if (path.endsWith('/HealthCheck')) {
        behaviours[Math.min(asked, behaviours.length - 1)]?.(stream);
        asked += 1;
      } else if (path.endsWith('/Version')) {
        answer(stream, version);
      } else {
        end('UNIMPLEMENTED', 'not here')(stream);
      }
    },
  });
  return {
    ...server,
    get asked() {
      return asked;
    },
  };
}

const codes = {
  OK: '0',
  CANCELLED: '1',
  DEADLINE_EXCEEDED: '4',
  PERMISSION_DENIED: '7',
  UNIMPLEMENTED: '12',
  UNAVAILABLE: '14',
};
type Code = keyof typeof codes;

export function lineOf(message: string, metadata?: Buffer): Buffer {
  return framed(
    Buffer.concat([...(metadata === undefined ? [] : [field(1, metadata)]), field(2, Buffer.from(message))]),
  );
}

/** Sends the lines and ends with the status. */
export function says(lines: readonly string[], code: Code = 'OK', details = ''): Behaviour {
  return writes(
    lines.map((line) => lineOf(line)),
    code,
    details,
  );
}

export function writes(messages: readonly Buffer[], code: Code = 'OK', details = ''): Behaviour {
  return (stream) => {
    stream.respond(grpcHeaders, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': codes[code], 'grpc-message': details }));
    for (const message of messages) {
      stream.write(message);
    }
    stream.end();
  };
}

/** Sends the lines and keeps the stream open. */
export function hangsAfter(lines: readonly string[], reached: () => void = () => undefined): Behaviour {
  return (stream) => {
    stream.respond(grpcHeaders);
    for (const line of lines) {
      stream.write(lineOf(line));
    }
    reached();
  };
}

export function end(code: Code, details: string): Behaviour {
  return (stream) =>
    stream.respond({ ...grpcHeaders, 'grpc-status': codes[code], 'grpc-message': details }, { endStream: true });
}
