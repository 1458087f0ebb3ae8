import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packKubeconfig } from '../../sim/pki/kubeconfig.ts';
import { kubeconfigIn } from '../../src/kubernetes/untar.ts';

const text = 'apiVersion: v1\nkind: Config\n'.repeat(40);
const archive = packKubeconfig(text, 0);
const tar = gunzipSync(archive);

test('the file kubeconfig of an archive', () => {
  assert.equal(kubeconfigIn(archive), text);
});

test('without the padding after it, and with the blocks that end an archive', () => {
  assert.equal(kubeconfigIn(gzipSync(tar.subarray(0, 512 + text.length))), text);
  assert.equal(kubeconfigIn(gzipSync(Buffer.concat([tar, Buffer.alloc(10_240)]))), text);
});

test('behind another file', () => {
  const other = Buffer.from(tar.subarray(0, 512 + Math.ceil(text.length / 512) * 512));
  other.write('another\0   ', 0);
  assert.equal(
    kubeconfigIn(gzipSync(Buffer.concat([other, Buffer.alloc((512 - (other.length % 512)) % 512), tar]))),
    text,
  );
});

test('what is no such archive says so, and nothing of what is in it', () => {
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
