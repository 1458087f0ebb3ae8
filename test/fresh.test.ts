import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { stale } from '../scripts/stale.ts';
import { version } from '../src/version.ts';

test('generated code and bundles are what the sources give', async () => {
  assert.deepEqual(await stale(), [], 'run "npm run generate", "npm run docs" and "npm run build"');
});

test('the version is that of the package', () => {
  assert.equal(JSON.parse(readFileSync('package.json', 'utf8')).version, version);
});
