import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBoolean } from '../../src/values/boolean.ts';

test('the booleans of YAML 1.2 are valid', () => {
  for (const text of ['true', 'True', 'TRUE']) assert.deepEqual(parseBoolean(text), { ok: true, value: true });
  for (const text of ['false', 'False', 'FALSE']) assert.deepEqual(parseBoolean(text), { ok: true, value: false });
});

const refused: readonly (readonly [string, string?])[] = [
  ['yes', 'did you mean true?'],
  ['on', 'did you mean true?'],
  ['1', 'did you mean true?'],
  ['tRUE', 'did you mean true?'],
  ['no', 'did you mean false?'],
  ['Off', 'did you mean false?'],
  ['0', 'did you mean false?'],
  ['fals'],
  ['null'],
];

for (const [text, hint] of refused) {
  test(`${text} is refused`, () => {
    const complaint = { expected: 'true or false', got: `"${text}"`, ...(hint !== undefined && { hint }) };
    assert.deepEqual(parseBoolean(text), { ok: false, error: complaint });
  });
}
