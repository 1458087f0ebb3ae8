import assert from 'node:assert/strict';
import type { ServerHttp2Stream } from 'node:http2';
import { test } from 'node:test';
import { parseTalosconfig } from '../../src/credentials/talosconfig.ts';
import type { ClusterNode } from '../../src/observe/cluster.ts';
import type { WatchKind } from '../../src/observe/facets.ts';
import { openWatching, type Watching } from '../../src/observe/watching.ts';
import { type Connection, connect } from '../../src/talos/connection.ts';
import { secureContext } from '../../src/talos/tls.ts';
import { framed, grpcHeaders, onHttp2 } from '../e2e/hostile-http2.ts';
import type { Hostile } from '../e2e/hostile-sockets.ts';

function node(name: string): ClusterNode {
  return { name, names: [], address: name, addresses: [name], role: 'worker', source: 'given', apiServerPort: 6443 };
}

const target = (name: string, ...kinds: readonly WatchKind[]) => ({ node: node(name), kinds: new Set(kinds) });

/** Things that happen one after the other, and can be waited for. */
function hangQueue<T>(): { add(thing: T): void; next(): Promise<T> } {
  const things: T[] = [];
  let wake = (): void => undefined;
  return {
    add: (thing) => {
      things.push(thing);
      wake();
    },
    next: async () => {
      for (;;) {
        const [thing] = things.splice(0, 1);
        if (thing !== undefined) {
          return thing;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

interface Opened {
  readonly stream: ServerHttp2Stream;
  readonly node: string;
}

interface Scene extends AsyncDisposable {
  readonly watching: Watching;
  /** The next watch that is opened on the server, and the next node of which something was told. */
  opened(): Promise<Opened>;
  told(): Promise<string>;
  /** From now on this connection is no good, and another one is. */
  moveOn(): void;
  readonly streams: ReadonlySet<ServerHttp2Stream>;
}

function wireTo(server: Hostile): Connection {
  const parsed = parseTalosconfig(server.talosconfig, '');
  assert.ok(parsed.ok);
  return connect({ host: '127.0.0.1', port: Number(server.endpoint.split(':')[1]) }, secureContext(parsed.value));
}

async function begin(answer: (stream: ServerHttp2Stream) => void): Promise<Scene> {
  const opened = hangQueue<Opened>();
  const told = hangQueue<string>();
  const streams = new Set<ServerHttp2Stream>();
  const server = await onHttp2({
    call: (stream, _path, headers) => {
      streams.add(stream);
      stream.on('close', () => streams.delete(stream));
      opened.add({ stream, node: String(headers['node']) });
      answer(stream);
    },
  });
  const channels = [wireTo(server), wireTo(server)];
  let current = 0;
  const end = new AbortController();
  const watching = openWatching({
    channel: () => channels[current],
    isHealthy: (channel) => channel === channels[current],
    onEvent: ({ name }) => told.add(name),
    signal: end.signal,
  });
  return {
    watching,
    opened: opened.next,
    told: told.next,
    moveOn: () => {
      current = 1;
    },
    streams,
    [Symbol.asyncDispose]: async () => {
      end.abort();
      watching[Symbol.dispose]();
      for (const channel of channels) {
        channel.close();
      }
      await server[Symbol.asyncDispose]();
    },
  };
}

/** As Talos says that a watch stands, and that something has changed. */
const event = framed(Buffer.alloc(0));

function stand(stream: ServerHttp2Stream): void {
  stream.respond(grpcHeaders);
  stream.write(event);
}

const refuse =
  (code: number, message: string) =>
  (stream: ServerHttp2Stream): void =>
    stream.respond({ ...grpcHeaders, 'grpc-status': String(code), 'grpc-message': message }, { endStream: true });

test('a watch tells when it stands, and of every change', async () => {
  await using scene = await begin(stand);
  scene.watching.follow([target('worker-1', 'nodeStatuses')]);
  const { stream } = await scene.opened();
  assert.equal(await scene.told(), 'worker-1');
  stream.write(event);
  assert.equal(await scene.told(), 'worker-1');
  assert.equal(scene.watching.trouble, undefined);
});

test('what is no longer wanted is closed on the server, and what still is stays open', async () => {
  await using scene = await begin(stand);
  scene.watching.follow([target('worker-1', 'nodeStatuses'), target('worker-2', 'nodeStatuses')]);
  const [one, two] = [await scene.opened(), await scene.opened()];
  await scene.told();
  await scene.told();
  const closed = new Promise((resolve) => one.stream.on('close', resolve));
  scene.watching.follow([target('worker-2', 'nodeStatuses')]);
  await closed;
  assert.deepEqual([...scene.streams], [two.stream]);
});

for (const [code, reason] of [
  [7, 'not authorized'],
  [12, 'unknown method Watch'],
] as const) {
  test(`refused with status ${code}: the reason is kept`, async () => {
    await using scene = await begin(refuse(code, reason));
    scene.watching.follow([target('worker-1', 'nodeStatuses')]);
    while (scene.watching.trouble === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(scene.watching.trouble, reason);
  });
}

test('a watch that is cut tells so, and is opened again', async () => {
  await using scene = await begin(stand);
  scene.watching.follow([target('worker-1', 'nodeStatuses')]);
  const { stream } = await scene.opened();
  await scene.told();
  stream.close(2);
  assert.equal(await scene.told(), 'worker-1');
  assert.equal((await scene.opened()).node, 'worker-1');
  assert.equal(await scene.told(), 'worker-1');
  assert.equal(scene.watching.trouble, undefined);
});

test('a watch that an apid refuses which has just started is opened again', async () => {
  let first = true;
  await using scene = await begin((stream) => {
    (first ? refuse(7, 'not authorized') : stand)(stream);
    first = false;
  });
  scene.watching.follow([target('worker-1', 'services')]);
  await scene.opened();
  await scene.opened();
  assert.equal(await scene.told(), 'worker-1');
});

test('one that is refused is no trouble where another one stands', async () => {
  let first = true;
  await using scene = await begin((stream) => {
    (first ? refuse(7, 'not authorized') : stand)(stream);
    first = false;
  });
  scene.watching.follow([target('worker-1', 'diagnostics')]);
  await scene.opened();
  scene.watching.follow([target('worker-1', 'diagnostics'), target('worker-1', 'nodeStatuses')]);
  await scene.opened();
  assert.equal(await scene.told(), 'worker-1');
  assert.equal(scene.watching.trouble, undefined);
});

test('watches of an endpoint that is no longer good are opened through the next', async () => {
  await using scene = await begin(stand);
  const wanted = [target('worker-1', 'nodeStatuses')];
  scene.watching.follow(wanted);
  const { stream } = await scene.opened();
  await scene.told();
  const closed = new Promise((resolve) => stream.on('close', resolve));
  scene.moveOn();
  scene.watching.follow(wanted);
  await closed;
  const again = await scene.opened();
  assert.equal(again.node, 'worker-1');
  assert.notEqual(again.stream.session, stream.session);
});

test('there are at most 96 watches', async () => {
  await using scene = await begin(stand);
  scene.watching.follow(Array.from({ length: 200 }, (_, index) => target(`worker-${index}`, 'nodeStatuses')));
  for (let index = 0; index < 96; index += 1) {
    await scene.told();
  }
  assert.equal(scene.streams.size, 96);
});
