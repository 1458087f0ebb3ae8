import assert from 'node:assert/strict';
import { createSecretKey } from '../../sim/omni/openpgp/secret-key.ts';
import type { RawInputs } from '../../src/inputs/table.ts';
import { parse } from '../inputs/parse.ts';

const now = Math.floor(Date.now() / 1000);
const { armored } = createSecretKey({ userId: 'ci', createdAt: now - 3600, lifetime: 7200 });

/** A key of a service account of Omni. */
export const serviceAccountKey = Buffer.from(JSON.stringify({ name: 'ci', pgp_key: armored })).toString('base64');

/**
 * Fails with the problems of these inputs, if there are any. The talosconfig is replaced by a valid one, or, for a
 * cluster of Omni, by a service account; a baseline by a report that there is.
 */
export async function assertValid({ talosconfig: _given, baseline, ...rest }: RawInputs): Promise<void> {
  const others = { ...rest, ...(baseline !== undefined && { baseline: 'test/fixtures/reports/healthy.json' }) };
  const omni = { talosconfig: '', 'omni-service-account-key': serviceAccountKey };
  const parsed = await parse(others['cluster'] === undefined ? others : { ...omni, ...others });
  assert.deepEqual(parsed.ok ? [] : parsed.error, []);
}
