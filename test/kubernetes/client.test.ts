import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { openKubernetesApi } from '../../src/kubernetes/client.ts';
import type { Answer, Bounds, Trouble } from '../../src/kubernetes/model.ts';
import { sendJson, serveKubernetes } from '../builders/kubernetes-server.ts';

let cluster: SimulatedCluster;
before(async () => {
  cluster = await startCluster();
});
after(() => cluster.stop());
afterEach(() => cluster.healAll());

const bounds: Bounds = { timeout: 10_000, signal: new AbortController().signal };

function good<T>(answer: Answer<T>): T {
  assert.ok(answer.ok, answer.ok ? '' : answer.error.message);
  return answer.value;
}

function troubleOf(answer: Answer<unknown>): Trouble {
  assert.ok(!answer.ok);
  return answer.error;
}

test('the client reads all resources of a healthy cluster, with a certificate and with a token', async () => {
  for (const by of ['certificate', 'token'] as const) {
    using api = openKubernetesApi(cluster.kubeconfig({ by }), 'user');
    assert.equal(good(await api.readyz(bounds)).status, 200);
    const nodes = good(await api.nodes(bounds));
    assert.deepEqual(
      nodes.map(({ name, controlPlane }) => `${name} ${controlPlane}`),
      ['cp-1 true', 'cp-2 true', 'cp-3 true', 'worker-1 false', 'worker-2 false'],
    );
    const apps = Map.groupBy(good(await api.pods(bounds)), ({ app }) => app);
    assert.deepEqual([...apps].map(([app, pods]) => `${app} ${pods.length}`).sort(), [
      'kube-apiserver 3',
      'kube-controller-manager 3',
      'kube-dns 2',
      'kube-proxy 5',
      'kube-scheduler 3',
    ]);
    assert.deepEqual(good(await api.kubeProxy(bounds)), [{ name: 'kube-proxy', wanted: 5, upToDate: true }]);
    assert.deepEqual(good(await api.coredns(bounds)), [{ name: 'coredns', wanted: 2, upToDate: true }]);
  }
});

test('the client queries a server other than the one in the kubeconfig', async () => {
  const other = cluster.nodes[1]?.kubernetes ?? assert.fail('a second control plane');
  using api = openKubernetesApi(cluster.kubeconfig(), 'node', other);
  assert.equal(api.server, `https://${other}`);
  assert.equal(good(await api.nodes(bounds)).length, 5);
});

test('an unauthenticated or unauthorized user is reported as not authorized', async () => {
  using unknown = openKubernetesApi(cluster.kubeconfig({ signedBy: 'stranger' }), 'user');
  assert.deepEqual(troubleOf(await unknown.nodes(bounds)), {
    kind: 'not-authorized',
    code: 'HTTP 401',
    message: 'it answers 401: Unauthorized',
  });
  using nobody = openKubernetesApi(cluster.kubeconfig({ user: 'nobody' }), 'user');
  const { kind, code, message } = troubleOf(await nobody.nodes(bounds));
  assert.deepEqual([kind, code], ['not-authorized', 'HTTP 403']);
  assert.match(message, /^it answers 403: nodes is forbidden: User "nobody" cannot list resource "nodes"/);
});

test('a server with a certificate of another CA receives no request', async () => {
  using api = openKubernetesApi(cluster.kubeconfig({ trusts: 'stranger', by: 'token' }), 'user');
  assert.equal(troubleOf(await api.readyz(bounds)).kind, 'wrong-ca');
});

test('a closed port is reported as refused', async () => {
  using api = openKubernetesApi(cluster.kubeconfig(), 'user', '127.0.0.1:1');
  const { kind, code } = troubleOf(await api.readyz(bounds));
  assert.deepEqual([kind, code], ['refused', 'ECONNREFUSED']);
});

test('a long list is read page by page, with the credentials in each request', async () => {
  const named = (name: string) => ({ metadata: { name } });
  const authorizations: (string | undefined)[] = [];
  await using server = await serveKubernetes((path, response, request) => {
    authorizations.push(request.headers.authorization);
    const from = Number(new URL(path, 'https://x').searchParams.get('continue') ?? 0);
    const items = Array.from({ length: 500 }, (_, index) => named(`node-${from + index}`));
    sendJson(response, {
      metadata: { resourceVersion: '9', ...(from < 1000 && { continue: `${from + 500}` }) },
      items,
    });
  });
  using api = openKubernetesApi(server.kubeconfig, 'user');
  const nodes = good(await api.nodes(bounds));
  assert.deepEqual([nodes.length, nodes.at(-1)?.name], [1500, 'node-1499']);
  assert.deepEqual(server.asked, [
    '/api/v1/nodes?limit=500',
    '/api/v1/nodes?limit=500&continue=500',
    '/api/v1/nodes?limit=500&continue=1000',
  ]);
  assert.deepEqual(authorizations, ['Bearer TOKEN', 'Bearer TOKEN', 'Bearer TOKEN']);
});

/** Responses to the list of nodes, and the expected errors. */
const hostile: readonly (readonly [string, Parameters<typeof serveKubernetes>[0], Trouble])[] = [
  [
    'text that is no JSON',
    (_, response) => response.end('SECRET'),
    { kind: 'malformed', code: 'MALFORMED', message: 'the list of nodes cannot be read: it is no JSON' },
  ],
  [
    'JSON that is no list',
    (_, response) => sendJson(response, { kind: 'Status' }),
    {
      kind: 'malformed',
      code: 'MALFORMED',
      message: 'the list of nodes cannot be read: the answer has no list of items',
    },
  ],
  [
    'a gateway without a server behind it',
    (_, response) => response.writeHead(503).end('<html>\nno server\n</html>'),
    { kind: 'unavailable', code: 'HTTP 503', message: 'it answers 503: <html> no server </html>' },
  ],
  [
    'a redirection, which nobody follows',
    (_, response) => response.writeHead(302, { location: 'https://example.org' }).end(),
    { kind: 'unavailable', code: 'HTTP 302', message: 'it answers 302' },
  ],
  [
    'a page that is too old to go on',
    (_, response) => sendJson(response, { kind: 'Status', message: 'The provided continue parameter is too old' }, 410),
    { kind: 'unavailable', code: 'HTTP 410', message: 'it answers 410: The provided continue parameter is too old' },
  ],
  [
    'pages without end',
    (_, response) => sendJson(response, { metadata: { continue: 'more' }, items: [] }),
    { kind: 'malformed', code: 'TOO_LONG', message: 'the list of nodes was given up after 100 pages' },
  ],
  [
    'half an answer',
    (_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"items": [', () => response.destroy());
    },
    { kind: 'dropped', code: 'ECONNRESET', message: 'the answer was cut off' },
  ],
];

for (const [what, handler, trouble] of hostile) {
  test(`the list of nodes fails: ${what}`, async () => {
    await using server = await serveKubernetes(handler);
    using api = openKubernetesApi(server.kubeconfig, 'user');
    assert.deepEqual(troubleOf(await api.nodes(bounds)), trouble);
  });
}

test('a compressed response is decompressed up to the limit', async () => {
  await using server = await serveKubernetes((path, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(
      gzipSync(
        path.startsWith('/readyz')
          ? 'x'.repeat(1_000_000)
          : JSON.stringify({ items: [{ metadata: { name: 'cp-1' } }] }),
      ),
    );
  });
  using api = openKubernetesApi(server.kubeconfig, 'user');
  assert.equal(good(await api.nodes(bounds)).length, 1);
  assert.equal(troubleOf(await api.readyz(bounds)).code, 'TOO_LONG');
});

test('a response with truncated or invalid compression is an error', async () => {
  await using server = await serveKubernetes((path, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' });
    response.end(path.startsWith('/readyz') ? 'ok' : gzipSync('{"items": []}').subarray(0, 20));
  });
  using api = openKubernetesApi(server.kubeconfig, 'user');
  const trouble = { kind: 'malformed', code: 'MALFORMED', message: 'the answer is cut off, or no gzip' };
  assert.deepEqual(troubleOf(await api.readyz(bounds)), trouble);
  assert.deepEqual(troubleOf(await api.nodes(bounds)), trouble);
});

test('an endless body is aborted', async () => {
  await using server = await serveKubernetes((_, response) => {
    response.write('x'.repeat(70_000));
  });
  using api = openKubernetesApi(server.kubeconfig, 'user');
  assert.deepEqual(troubleOf(await api.readyz(bounds)), {
    kind: 'malformed',
    code: 'TOO_LONG',
    message: 'the answer was given up: it has more than 65536 bytes',
  });
});

test('a request to a server that does not respond ends at the deadline, and when it is cancelled', async () => {
  const cancel = new AbortController();
  await using server = await serveKubernetes(() => cancel.abort());
  using api = openKubernetesApi(server.kubeconfig, 'user');
  assert.equal(troubleOf(await api.nodes({ timeout: 60_000, signal: cancel.signal })).kind, 'cancelled');
  assert.deepEqual(troubleOf(await api.nodes({ timeout: 50, signal: bounds.signal })), {
    kind: 'timeout',
    code: 'TIMEOUT',
    message: 'no answer within 50 ms',
  });
});

test('the error of an exec plugin that fails omits its output', async () => {
  await using server = await serveKubernetes((_, response) => sendJson(response, { items: [] }));
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sh', args: ['-c', 'echo SECRET >&2; false'] };
  const text = server.kubeconfig.replace('token: TOKEN', `exec: ${JSON.stringify(exec)}`);
  using api = openKubernetesApi(text, 'user');
  assert.deepEqual(troubleOf(await api.nodes(bounds)), {
    kind: 'other',
    code: 'UNAUTHENTICATED',
    message: 'the kubeconfig gives no credentials: its command or file failed',
  });
  assert.deepEqual(server.asked, []);
});

test('the error names the exec plugin, and not the server, if the plugin hangs', async () => {
  await using server = await serveKubernetes((_, response) => sendJson(response, { items: [] }));
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['1'] };
  const text = server.kubeconfig.replace('token: TOKEN', `exec: ${JSON.stringify(exec)}`);
  using api = openKubernetesApi(text, 'user');
  assert.deepEqual(troubleOf(await api.nodes({ timeout: 50, signal: bounds.signal })), {
    kind: 'timeout',
    code: 'TIMEOUT',
    message: "no credentials of the kubeconfig's command within 50 ms",
  });
  assert.deepEqual(server.asked, []);
});
