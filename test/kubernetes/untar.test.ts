import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packKubeconfig } from '../../sim/pki/kubeconfig.ts';
import { kubeconfigIn } from '../../src/kubernetes/untar.ts';

const text = 'apiVersion: v1\nkind: Config\n'.repeat(40);
const archive = packKubeconfig(text, 0);
const tar = gunzipSync(archive);

test('the file kubeconfig is read from an archive', () => {
  assert.equal(kubeconfigIn(archive), text);
});

test('the file is read without padding, and with end-of-archive blocks', () => {
  assert.equal(kubeconfigIn(gzipSync(tar.subarray(0, 512 + text.length))), text);
  assert.equal(kubeconfigIn(gzipSync(Buffer.concat([tar, Buffer.alloc(10_240)]))), text);
});

test('the file is read if another file precedes it', () => {
  const other = Buffer.from(tar.subarray(0, 512 + Math.ceil(text.length / 512) * 512));
  other.write('another\0   ', 0);
  assert.equal(
    kubeconfigIn(gzipSync(Buffer.concat([other, Buffer.alloc((512 - (other.length % 512)) % 512), tar]))),
    text,
  );
});

test('the error of an invalid archive contains none of its content', () => {
  const cases: readonly (readonly [Uint8Array, RegExp])[] = [
    [new Uint8Array(), /^Error: the kubeconfig came as 0 bytes that are no gzip of at most 1 MiB$/],
    [randomBytes(100), /^Error: the kubeconfig came as 100 bytes that are no gzip of at most 1 MiB$/],
    [archive.subarray(0, 60), /^Error: the kubeconfig came as 60 bytes that are no gzip of at most 1 MiB$/],
    [gzipSync(Buffer.alloc(2 * 1024 * 1024)), /bytes that are no gzip of at most 1 MiB$/],
    [gzipSync(''), /^Error: the archive holds no file "kubeconfig"$/],
    [gzipSync(randomBytes(2000)), /^Error: the archive holds no file "kubeconfig"$/],
    [gzipSync(tar.subarray(0, 700)), /^Error: the kubeconfig is cut off: 188 of 1120 bytes came$/],
  ];
  for (const [bytes, words] of cases) {
    assert.throws(() => kubeconfigIn(bytes), words);
  }
});
