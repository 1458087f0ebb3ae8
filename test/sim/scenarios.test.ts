import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startCluster } from '../../sim/cluster.ts';
import { scenarios } from '../../sim/scenarios/scenarios.ts';

describe('scenarios of the demo', () => {
  for (const [name, { description, cluster: overrides, dependencies, play, talosconfig }] of Object.entries(
    scenarios,
  )) {
    it(`${name} runs`, async () => {
      await using cluster = await startCluster(overrides, dependencies);
      await play?.(cluster);
      assert.match(cluster.talosconfig('os:reader', talosconfig?.(cluster)), /^context: demo\n/);
      assert.match(description, /^\S[^\n]*\.$/);
    });
  }
});
