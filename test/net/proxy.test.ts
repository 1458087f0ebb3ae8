import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameProxy, proxyFor, readProxying, secretsOfProxy } from '../../src/net/proxy.ts';

type Env = Readonly<Record<string, string>>;

function proxying(proxyUrl: string | undefined, env: Env = {}) {
  const read = readProxying(proxyUrl, env);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

const readable: readonly (readonly [string, string])[] = [
  ['http://proxy:3128', 'http://proxy:3128'],
  ['http://proxy', 'http://proxy:80'],
  ['proxy.corp:3128', 'http://proxy.corp:3128'],
  ['10.0.0.9:3128', 'http://10.0.0.9:3128'],
  ['https://proxy', 'https://proxy:443'],
  ['socks5://proxy', 'socks5://proxy:1080'],
  ['socks5h://proxy:9', 'socks5://proxy:9'],
  ['http://[FD00::1]:3128', 'http://[fd00::1]:3128'],
  ['http://me:hunter2@proxy:3128/', 'http://proxy:3128'],
];

for (const [url, name] of readable) {
  test(`${url} is the proxy ${name}`, () => {
    const read = proxying(undefined, { HTTPS_PROXY: url });
    assert.ok(read);
    assert.equal(nameProxy(read.proxy), name);
  });
}

test('the talosconfig takes precedence over the environment, and direct disables the proxy', () => {
  const env = { HTTPS_PROXY: 'http://b:1', NO_PROXY: 'a.example' };
  const read = proxying('http://a:1', env);
  assert.deepEqual(read, { proxy: { scheme: 'http', host: 'a', port: 1 } });
  assert.equal(proxying('direct', env), undefined);
  assert.equal(proxyFor(read, { host: 'a.example', port: 50000 })?.host, 'a');
  assert.equal(proxyFor(read, { host: '127.0.0.1', port: 50000 })?.host, 'a');
});

test('the first variable that is not blank is used, in the order of Go', () => {
  const all = { HTTPS_PROXY: 'a', https_proxy: 'b', ALL_PROXY: 'c', all_proxy: 'd' };
  assert.equal(proxying(undefined, all)?.proxy.host, 'a');
  assert.equal(proxying(undefined, { ...all, HTTPS_PROXY: ' ' })?.proxy.host, 'b');
  assert.equal(proxying(undefined, { ALL_PROXY: 'c', all_proxy: 'd' })?.proxy.host, 'c');
  assert.equal(proxying(undefined, { all_proxy: 'd' })?.proxy.host, 'd');
  assert.equal(proxying(undefined, { HTTP_PROXY: 'a', http_proxy: 'a' }), undefined);
});

test('a login is percent-decoded, and masked in every encoding', () => {
  const read = proxying('http://me:p%40ss%3Aword@proxy:3128');
  assert.ok(read);
  assert.deepEqual(read.proxy.login, { user: 'me', password: 'p@ss:word' });
  assert.deepEqual(secretsOfProxy(read), [
    'p@ss:word',
    'p%40ss%3Aword',
    Buffer.from('me:p@ss:word').toString('base64'),
  ]);
  const token = proxying('http://token1234@proxy:3128');
  assert.equal(token && secretsOfProxy(token)[0], 'token1234');
});

/** NO_PROXY, a host (port 50000), and whether the connection is direct. */
const exceptions: readonly (readonly [string, string, boolean])[] = [
  ['', 'cp.example.com', false],
  ['*', 'cp.example.com', true],
  ['other, *', 'cp.example.com', true],
  ['example.com', 'cp.example.com', true],
  ['example.com', 'example.com', true],
  ['example.com', 'badexample.com', false],
  ['.example.com', 'cp.example.com', true],
  ['.example.com', 'example.com', false],
  ['*.example.com', 'cp.example.com', true],
  ['EXAMPLE.com.', 'cp.example.com', true],
  [' a ,  b  example.com', 'cp.example.com', true],
  ['a\texample.com', 'cp.example.com', true],
  ['example.com:50000', 'cp.example.com', true],
  ['example.com:443', 'cp.example.com', false],
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.1', '10.0.0.10', false],
  ['10.0.0.1:50000', '10.0.0.1', true],
  ['10.0.0.1:6443', '10.0.0.1', false],
  ['10.0.0.0/8', '10.1.2.3', true],
  ['10.0.0.0/8', '11.1.2.3', false],
  ['10.0.0.0/8', '10.example.com', false],
  ['0.0.0.0/0', '11.1.2.3', true],
  ['0.0.0.0/0', 'fd00::1', false],
  ['10.0.0.0/99', '10.1.2.3', false],
  ['fd00::/8', 'fd00::1', true],
  ['fd00::1', 'fd00::1', true],
  ['FD00:0::1', 'fd00::1', true],
  ['[fd00::1]:50000', 'fd00::1', true],
  ['[fd00::1]:443', 'fd00::1', false],
  ['.', 'cp.example.com', false],
  ['', '127.0.0.2', true],
  ['', 'localhost', true],
  ['', '::1', true],
];

for (const [entries, host, isDirect] of exceptions) {
  test(`NO_PROXY="${entries}" ${isDirect ? 'matches' : 'does not match'} ${host}`, () => {
    for (const variable of ['NO_PROXY', 'no_proxy']) {
      const read = proxying(undefined, { https_proxy: 'http://proxy:1', [variable]: entries });
      assert.equal(proxyFor(read, { host, port: 50_000 }) === undefined, isDirect);
    }
  });
}

const expected = 'the URL of a proxy, http://, https:// or socks5:// and HOST:PORT';

for (const [url, got] of [
  ['ftp://me:hunter2@proxy', 'a URL of another kind (ftp:)'],
  ['socks4://me:hunter2@proxy', 'a URL of another kind (socks4:)'],
  ['http://me:hunter2@', 'something else'],
  ['http://me:hunter2%@proxy', 'a login that is not percent-encoded'],
] as const) {
  test(`${url} is refused, and the message has no login`, () => {
    assert.deepEqual(readProxying(undefined, { https_proxy: url }), {
      ok: false,
      error: { input: 'https_proxy', expected, got },
    });
    assert.deepEqual(readProxying(url, {}), {
      ok: false,
      error: { input: 'talosconfig', expected, got: `proxy-url with ${got}` },
    });
    assert.equal(proxying(undefined, { https_proxy: url, NO_PROXY: '*' }), undefined);
  });
}
