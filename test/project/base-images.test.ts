import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { test } from 'node:test';
import { digestOf, pinned } from '../../scripts/release/base-images.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** Runs a function with the address of a registry that has this listener. */
async function withRegistry(listener: RequestListener, call: (registry: string) => Promise<void>): Promise<void> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const address = server.address();
    assert(typeof address === 'object' && address !== null);
    await call(`http://127.0.0.1:${address.port}`);
  } finally {
    server.close();
  }
}

test('a release pins every base image to a digest, and updates the digest the next time', async () => {
  const asked: string[] = [];
  const once = await pinned(readFileSync('Dockerfile', 'utf8'), async (...image) => {
    asked.push(image.join(' '));
    return digest;
  });
  assert.deepEqual(asked, [
    'https://gcr.io distroless/nodejs24-debian13 debug-nonroot',
    'https://gcr.io distroless/nodejs24-debian13 nonroot',
  ]);
  assert.deepEqual(once.match(/^FROM .*$/gm), [
    `FROM gcr.io/distroless/nodejs24-debian13:debug-nonroot@${digest} AS shell`,
    `FROM gcr.io/distroless/nodejs24-debian13:nonroot@${digest} AS gate`,
  ]);
  const newer = digest.replaceAll('0', 'f');
  assert.equal(await pinned(once, async () => newer), once.replaceAll(digest, newer));
});

test('digestOf gets an anonymous token if the registry requires one', async () => {
  await withRegistry(
    ({ url, method, headers }, response) => {
      if (url === '/token?service=registry&scope=repository%3Aa%2Fb%3Apull') {
        response.end('{"token":"for-everybody"}');
      } else if (headers.authorization !== 'Bearer for-everybody') {
        const realm = `http://${headers.host}/token`;
        const challenge = `Bearer realm="${realm}",service="registry",scope="repository:a/b:pull"`;
        response.writeHead(401, { 'www-authenticate': challenge }).end();
      } else {
        assert.equal(`${method} ${url}`, 'HEAD /v2/a/b/manifests/tag');
        assert.match(String(headers.accept), /image\.index/);
        response.writeHead(200, { 'docker-content-digest': digest }).end();
      }
    },
    async (registry) => assert.equal(await digestOf(registry, 'a/b', 'tag'), digest),
  );
});

test('digestOf fails if the registry returns no digest', async () => {
  await withRegistry(
    (_, response) => response.writeHead(404).end(),
    async (registry) => assert.rejects(digestOf(registry, 'a/b', 'tag'), /expected a digest, got status 404 and ""$/),
  );
});
