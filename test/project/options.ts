import assert from 'node:assert/strict';
import type { RawInputs } from '../../src/inputs/table.ts';
import { parse } from '../inputs/parse.ts';

/** Fails with the problems of these inputs, if there are any. The talosconfig is replaced by a valid one. */
export async function assertValid({ talosconfig: _given, ...others }: RawInputs): Promise<void> {
  const parsed = await parse(others);
  assert.deepEqual(parsed.ok ? [] : parsed.error, []);
}
