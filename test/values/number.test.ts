import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseNumber } from '../../src/values/number.ts';

test('whole numbers up to the maximum are valid', () => {
  assert.deepEqual(parseNumber('0', 10), { ok: true, value: 0 });
  assert.deepEqual(parseNumber('10', 10), { ok: true, value: 10 });
});

for (const text of ['11', '-1', '1.5', '1e1', '0x1', 'ten', '', '99999999999999999999']) {
  test(`"${text}" is refused`, () => {
    const complaint = { expected: 'a whole number from 0 to 10', got: `"${text}"` };
    assert.deepEqual(parseNumber(text, 10), { ok: false, error: complaint });
  });
}
