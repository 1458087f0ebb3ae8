import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOutput } from '../../src/inputs/output.ts';

test('text and json are outputs', () => {
  assert.deepEqual(parseOutput('text'), { ok: true, value: 'text' });
  assert.deepEqual(parseOutput('json'), { ok: true, value: 'json' });
});

test('another output is refused with a suggestion', () => {
  const refused = (got: string, hint?: string) => ({
    ok: false,
    error: { expected: 'text or json', got, ...(hint && { hint }) },
  });
  assert.deepEqual(parseOutput('jsn'), refused('"jsn"', 'did you mean json?'));
  assert.deepEqual(parseOutput('yaml'), refused('"yaml"'));
});
