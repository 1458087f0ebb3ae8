import assert from 'node:assert/strict';
import type { ServerHttp2Stream } from 'node:http2';
import { test } from 'node:test';
import type { WatchKind } from '../../src/observe/facets/table.ts';
import type { ClusterNode } from '../../src/observe/members/cluster.ts';
import { openWatching, type Watching } from '../../src/observe/watching.ts';
import { authenticationOf } from '../../src/talos/grpc/authentication.ts';
import { type Connection, connect } from '../../src/talos/grpc/connection.ts';
import { certificateOf } from '../credentials/certificates.ts';
import { framed, grpcHeaders, onHttp2 } from '../e2e/hostile-http2.ts';
import type { Hostile } from '../e2e/hostile-sockets.ts';

function node(name: string): ClusterNode {
  return { name, names: [], address: name, addresses: [name], role: 'worker', source: 'given', apiServerPort: 6443 };
}

const target = (name: string, ...kinds: readonly WatchKind[]) => ({
  node: node(name),
  address: node(name).address,
  kinds: new Set(kinds),
});

/** A queue of events that a test can wait for. */
function createQueue<T>(): { add(thing: T): void; next(): Promise<T> } {
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
  /** The next watch opened on the server, and the name of the next node with an event. */
  opened(): Promise<Opened>;
  nextEvent(): Promise<string>;
  /** Makes this connection unhealthy and another one healthy. */
  moveOn(): void;
  readonly streams: ReadonlySet<ServerHttp2Stream>;
}

function channelTo(server: Hostile): Connection {
  return connect(
    { host: '127.0.0.1', port: Number(server.endpoint.split(':')[1]) },
    authenticationOf(certificateOf(server.talosconfig)),
  );
}

async function begin(answer: (stream: ServerHttp2Stream) => void): Promise<Scene> {
  const opened = createQueue<Opened>();
  const nextEvent = createQueue<string>();
  const streams = new Set<ServerHttp2Stream>();
  const server = await onHttp2({
    call: (stream, _path, headers) => {
      streams.add(stream);
      stream.on('close', () => streams.delete(stream));
      opened.add({ stream, node: String(headers['node']) });
      answer(stream);
    },
  });
  const channels = [channelTo(server), channelTo(server)];
  let current = 0;
  const end = new AbortController();
  const watching = openWatching({
    channel: () => channels[current],
    isHealthy: (channel) => channel === channels[current],
    onEvent: ({ name }) => nextEvent.add(name),
    signal: end.signal,
  });
  return {
    watching,
    opened: opened.next,
    nextEvent: nextEvent.next,
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

/** The event with which Talos confirms a watch or reports a change. */
const event = framed(Buffer.alloc(0));

function stand(stream: ServerHttp2Stream): void {
  stream.respond(grpcHeaders);
  stream.write(event);
}

const refuse =
  (code: number, message: string) =>
  (stream: ServerHttp2Stream): void =>
    stream.respond({ ...grpcHeaders, 'grpc-status': String(code), 'grpc-message': message }, { endStream: true });

test('a watch reports its start and every change', async () => {
  await using scene = await begin(stand);
  scene.watching.follow([target('worker-1', 'nodeStatuses')]);
  const { stream } = await scene.opened();
  assert.equal(await scene.nextEvent(), 'worker-1');
  stream.write(event);
  assert.equal(await scene.nextEvent(), 'worker-1');
  assert.equal(scene.watching.trouble, undefined);
});

test('a watch that is no longer wanted is closed on the server, and the others stay open', async () => {
  await using scene = await begin(stand);
  scene.watching.follow([target('worker-1', 'nodeStatuses'), target('worker-2', 'nodeStatuses')]);
  const [one, two] = [await scene.opened(), await scene.opened()];
  await scene.nextEvent();
  await scene.nextEvent();
  const closed = new Promise((resolve) => one.stream.on('close', resolve));
  scene.watching.follow([target('worker-2', 'nodeStatuses')]);
  await closed;
  assert.deepEqual([...scene.streams], [two.stream]);
});

for (const [code, reason] of [
  [7, 'not authorized'],
  [12, 'unknown method Watch'],
] as const) {
  test(`a watch rejected with status ${code} has the reason`, async () => {
    await using scene = await begin(refuse(code, reason));
    scene.watching.follow([target('worker-1', 'nodeStatuses')]);
    while (scene.watching.trouble === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(scene.watching.trouble, reason);
  });
}

test('a watch that is interrupted reports an event and is reopened', async () => {
  await using scene = await begin(stand);
  scene.watching.follow([target('worker-1', 'nodeStatuses')]);
  const { stream } = await scene.opened();
  await scene.nextEvent();
  stream.close(2);
  assert.equal(await scene.nextEvent(), 'worker-1');
  assert.equal((await scene.opened()).node, 'worker-1');
  assert.equal(await scene.nextEvent(), 'worker-1');
  assert.equal(scene.watching.trouble, undefined);
});

test('a watch that is rejected by an apid that has just started is reopened', async () => {
  let first = true;
  await using scene = await begin((stream) => {
    (first ? refuse(7, 'not authorized') : stand)(stream);
    first = false;
  });
  scene.watching.follow([target('worker-1', 'services')]);
  await scene.opened();
  await scene.opened();
  assert.equal(await scene.nextEvent(), 'worker-1');
});

test('a rejected watch is not reported if another one has started', async () => {
  let first = true;
  await using scene = await begin((stream) => {
    (first ? refuse(7, 'not authorized') : stand)(stream);
    first = false;
  });
  scene.watching.follow([target('worker-1', 'diagnostics')]);
  await scene.opened();
  scene.watching.follow([target('worker-1', 'diagnostics'), target('worker-1', 'nodeStatuses')]);
  await scene.opened();
  assert.equal(await scene.nextEvent(), 'worker-1');
  assert.equal(scene.watching.trouble, undefined);
});

test('watches through an endpoint that is no longer healthy are reopened through the next', async () => {
  await using scene = await begin(stand);
  const wanted = [target('worker-1', 'nodeStatuses')];
  scene.watching.follow(wanted);
  const { stream } = await scene.opened();
  await scene.nextEvent();
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
    await scene.nextEvent();
  }
  assert.equal(scene.streams.size, 96);
});
