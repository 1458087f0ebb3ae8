import assert from 'node:assert/strict';
import { test } from 'node:test';
import { truncateTexts } from '../../src/observe/truncate.ts';

test('long texts are truncated at any depth, and all other values are unchanged', () => {
  const long = 'x'.repeat(10_000);
  const cut = `${'x'.repeat(8192)}… (cut, of 10000 characters)`;
  const services = [{ id: 'kubelet', healthMessage: long, events: ['short', long], health: undefined, count: 3 }];
  assert.deepEqual(truncateTexts({ ok: true, value: services, at: 1 }), {
    ok: true,
    value: [{ id: 'kubelet', healthMessage: cut, events: ['short', cut], health: undefined, count: 3 }],
    at: 1,
  });
});

test('truncation does not split a surrogate pair', () => {
  const [text = ''] = truncateTexts([`${'x'.repeat(8191)}😀${'x'.repeat(10)}`]);
  assert.ok(text.isWellFormed());
});
