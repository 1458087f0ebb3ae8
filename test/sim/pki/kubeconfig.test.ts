import assert from 'node:assert/strict';
import { it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { packKubeconfig } from '../../../sim/pki/kubeconfig.ts';

it('a packed kubeconfig is a tar with one file and neither padding nor end', () => {
  const tar = gunzipSync(packKubeconfig('kind: Config\n', 1_700_000_000_000));
  assert.equal(tar.subarray(0, 10).toString(), 'kubeconfig');
  assert.equal(Number.parseInt(tar.subarray(124, 135).toString(), 8), 13);
  const blank = Buffer.from(tar.subarray(0, 512)).fill(' ', 148, 156);
  assert.equal(
    Number.parseInt(tar.subarray(148, 154).toString(), 8),
    blank.reduce((sum, byte) => sum + byte, 0),
  );
  assert.equal(tar.subarray(512).toString(), 'kind: Config\n');
});
