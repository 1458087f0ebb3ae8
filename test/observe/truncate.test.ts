import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clipTexts } from '../../src/observe/truncate.ts';

test('long texts are cut wherever they are, and nothing else is touched', () => {
  const long = 'x'.repeat(10_000);
  const cut = `${'x'.repeat(8192)}… (cut, of 10000 characters)`;
  const services = [{ id: 'kubelet', healthMessage: long, events: ['short', long], health: undefined, count: 3 }];
  assert.deepEqual(clipTexts({ ok: true, value: services, at: 1 }), {
    ok: true,
    value: [{ id: 'kubelet', healthMessage: cut, events: ['short', cut], health: undefined, count: 3 }],
    at: 1,
  });
});

test('a character that takes two units is not left in halves', () => {
  const [text = ''] = clipTexts([`${'x'.repeat(8191)}😀${'x'.repeat(10)}`]);
  assert.ok(text.isWellFormed());
});
