import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactText } from '../../src/report/sanitize/redact.ts';
import { isNodeId, shortNodeId } from '../../src/values/node-id.ts';

/** In the form that Talos gives them. */
const id = 'TNZ6L8PdzpNDjgDnWzIaCpyCKjGsTOYRAoMh0SLr5Q1';

test('only 32 bytes in base 62 are a node id', () => {
  assert.ok(isNodeId(id));
  for (const text of ['', 'token=abc', `${id}=`, 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl', id.slice(8)]) {
    assert.equal(isNodeId(text), false, text);
  }
});

test('a short node id is not redacted, unlike the whole one', () => {
  assert.doesNotMatch(redactText(`worker-1 (${id})`), /TNZ6/);
  assert.equal(redactText(`worker-1 (${shortNodeId(id)})`), 'worker-1 (TNZ6L8Pd)');
});
