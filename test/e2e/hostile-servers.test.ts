import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '../builders/folder.ts';
import { answer, field, flood, framed, grpcHeaders, onHttp2 } from './hostile-http2.ts';
import { blackHole, drip, type Hostile, onTcp, onTls } from './hostile-sockets.ts';
import { type Ended, start } from './processes.ts';

/** A gate that runs longer hangs, and is killed. In milliseconds. */
const watchdogTimeout = 60_000;

interface Gated extends Ended {
  readonly report: { readonly verdict: string };
}

interface Gating {
  readonly args?: readonly string[];
  /** Called after the start of the gate. */
  readonly started?: (kill: (signal: NodeJS.Signals) => void) => void;
}

async function gate(server: Hostile, { args = [], started }: Gating = {}): Promise<Gated> {
  const folder = temporaryFolder();
  const [talosconfig, report] = [join(folder, 'talosconfig'), join(folder, 'report.json')];
  await writeFile(talosconfig, server.talosconfig, { mode: 0o600 });
  const files = ['--talosconfig', talosconfig, '--report-file', report];
  // With little memory, so that unbounded buffers crash the process.
  const running = start('cli.cjs', [...files, ...args], { NODE_OPTIONS: '--max-old-space-size=128' });
  const watchdog = setTimeout(() => running.kill('SIGKILL'), watchdogTimeout);
  started?.(running.kill);
  const ended = await running.ended;
  clearTimeout(watchdog);
  return { ...ended, report: JSON.parse(await readFile(report, 'utf8')) };
}

const version = field(1, field(2, field(1, Buffer.from('v1.14.0'))));
const member = framed(field(1, field(1, field(3, Buffer.from('cp-1')))));
const members = Buffer.concat(Array.from({ length: 500 }, () => member));
const refusal = { ...grpcHeaders, 'grpc-status': '12', 'grpc-message': 'unknown service' };

/** Faulty endpoints, and the reason in the report. */
const rows: readonly (readonly [name: string, open: () => Promise<Hostile>, reason: RegExp])[] = [
  ['a server that sends nothing', () => onTcp((socket) => socket.resume()), /no connection before the deadline/],
  ['a black hole', blackHole, /no connection before the deadline|ECONNREFUSED/],
  ['a server that closes every connection', () => onTcp((socket) => socket.end()), /the connection is dropped/],
  [
    'a server that resets every connection',
    () => onTcp((socket) => socket.resetAndDestroy()),
    /the connection is dropped/,
  ],
  [
    'garbage',
    () => onTcp((socket) => socket.write(Buffer.alloc(65_536, 0xa7))),
    /not the Talos API \(wrong version number\)/,
  ],
  [
    'plain HTTP',
    () => onTcp((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))),
    /not the Talos API \(wrong version number\)/,
  ],
  [
    'a byte of TLS at a time',
    () => onTcp((socket) => drip(socket, Buffer.from([22, 3, 3, 0x3f, 0xff, 2, 0, 0x3f, 0xf0]), 100)),
    /no connection before the deadline/,
  ],
  ['TLS 1.2', () => onTls(() => undefined, { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }), /not the Talos API/],
  ['TLS, and then nothing', () => onTls((socket) => socket.resume()), /no connection before the deadline/],
  ['TLS without HTTP/2', () => onTls(() => undefined, { ALPNProtocols: ['http/1.1'] }), /not the Talos API/],
  [
    'TLS, and then HTTP/1',
    () => onTls((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    /not the Talos API/,
  ],
  ['TLS, and then the end of the connection', () => onTls((socket) => socket.end()), /the connection is dropped/],
  ['HTTP/2, and then nothing', () => onHttp2({}), /it accepts connections and does not answer/],
  [
    'headers, and then nothing',
    () => onHttp2({ call: (stream) => stream.respond(grpcHeaders) }),
    /it accepts connections and does not answer/,
  ],
  [
    'a response with a byte at a time',
    () =>
      onHttp2({
        call: (stream) => {
          stream.respond(grpcHeaders);
          drip(stream, framed(Buffer.alloc(1000)), 100);
        },
      }),
    /it accepts connections and does not answer/,
  ],
  ['a GOAWAY on every connection', () => onHttp2({ session: (session) => session.goaway(0) }), /Stream refused/],
  ['a GOAWAY on every call', () => onHttp2({ call: ({ session }) => session?.goaway(11) }), /gives no answer/],
  ['a reset of every call', () => onHttp2({ call: (stream) => stream.close(2) }), /Received RST_STREAM with code 2/],
  [
    'a reset of the connection on every call',
    () => onHttp2({ call: ({ session }) => session?.destroy() }),
    /is dropped/,
  ],
  [
    'a proxy without a backend',
    () => onHttp2({ call: (stream) => stream.respond({ ':status': 503 }, { endStream: true }) }),
    /Received HTTP status code 503/,
  ],
  [
    'a web server',
    () => onHttp2({ call: (stream) => stream.respond({ ':status': 404 }, { endStream: true }) }),
    /not the Talos API: Received HTTP status code 404/,
  ],
  [
    'another gRPC service',
    () => onHttp2({ call: (stream) => stream.respond(refusal, { endStream: true }) }),
    /unknown service/,
  ],
  ['an invalid response', () => onHttp2({ call: (stream) => answer(stream, Buffer.alloc(100, 0xff)) }), /not a valid/],
  [
    'a response that is too large',
    () => onHttp2({ call: (stream) => answer(stream, Buffer.alloc(33 * 1024 * 1024)) }),
    /Received message larger than max/,
  ],
  [
    'responses of 32 MiB',
    () => onHttp2({ call: (stream) => answer(stream, Buffer.alloc(32 * 1024 * 1024 - 100).fill('\n\0')) }),
    /more than 200000 fields|does not answer/,
  ],
  [
    'a compressed response, small until it is decompressed',
    () => {
      const bomb = framed(gzipSync(Buffer.alloc(64 * 1024 * 1024)), true);
      return onHttp2({
        call: (stream) => {
          stream.respond({ ...grpcHeaders, 'grpc-encoding': 'gzip' });
          stream.write(bomb);
        },
      });
    },
    /Received a compressed message, and none was asked for/,
  ],
  ['endless lists', () => onHttp2({ call: (stream) => flood(stream, members) }), /more than 20000 parts|not answer/],
  [
    'endless watches',
    () =>
      onHttp2({
        call: (stream, path) =>
          path.endsWith('/Watch')
            ? flood(stream, framed(Buffer.alloc(0)))
            : answer(stream, path.endsWith('/Version') ? version : Buffer.alloc(0)),
      }),
    /could not be read/,
  ],
];

describe('the gate ends at its deadline, and the report has the reason', { concurrency: 4 }, () => {
  for (const [name, open, reason] of rows) {
    test(name, async () => {
      await using server = await open();
      const { code, stdout, stderr, report } = await gate(server, { args: ['--wait-timeout', '2s'] });
      assert.equal(code, 1, stderr);
      assert.equal(report.verdict, 'unhealthy');
      assert.match(stdout, /^❌ \S+: not healthy: [^\n]*, after waiting for 2s/m);
      assert.match(stdout, reason);
    });
  }
});

describe('a signal ends the gate, which still writes its report', { concurrency: 4 }, () => {
  const situations: readonly (readonly [name: string, open: (reached: () => void) => Promise<Hostile>])[] = [
    ['before there is a connection', (reached) => onTcp(reached)],
    ['before the first response', (reached) => onHttp2({ call: reached })],
    [
      'during a response without end',
      (reached) =>
        onHttp2({
          call: (stream) => {
            flood(stream, members);
            reached();
          },
        }),
    ],
  ];
  for (const [name, open] of situations) {
    for (const signals of [['SIGINT'], ['SIGTERM'], ['SIGTERM', 'SIGTERM']] as const) {
      test(`${signals.join(' and ')} ${name}`, async () => {
        const { promise: reached, resolve } = Promise.withResolvers<void>();
        await using server = await open(resolve);
        const { code, stdout, report } = await gate(server, {
          args: ['--wait-timeout', '1h', '--rpc-timeout', '1h'],
          started: async (kill) => {
            await reached;
            for (const signal of signals) {
              kill(signal);
            }
          },
        });
        assert.equal(code, 130);
        assert.equal(report.verdict, 'cancelled');
        assert.match(stdout, /what is known so far follows/);
      });
    }
  }
});
