import assert from 'node:assert/strict';
import type { RawInputs } from '../../src/inputs/table.ts';
import { parse } from '../inputs/parse.ts';

/** Fails with the gate's own words where it would refuse these inputs; it is given a good talosconfig. */
export async function assertUnderstood({ talosconfig: _given, ...others }: RawInputs): Promise<void> {
  const parsed = await parse(others);
  assert.deepEqual(parsed.ok ? [] : parsed.error, []);
}
