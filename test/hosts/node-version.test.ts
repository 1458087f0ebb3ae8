import assert from 'node:assert/strict';
import { test } from 'node:test';
import { versionError } from '../../src/hosts/node-version.ts';

test('Node 22.19 and newer are supported', () => {
  for (const version of ['22.19.0', '22.20.1', '23.0.0', '24.21.0', '100.0.0', '25.0.0-nightly']) {
    assert.equal(versionError(version), undefined, version);
  }
});

test('an older version of Node gives a one-line error message', () => {
  for (const version of ['0.12.18', '18.20.8', '20.20.2', '22.18.0']) {
    assert.equal(
      versionError(version),
      `talos-health needs Node 22.19 or newer; this is Node ${version}. Install a newer one, or use the container image, which brings its own.`,
    );
  }
});
