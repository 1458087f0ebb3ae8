import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactText } from '../../src/report/sanitize/redact.ts';
import { isNodeId, shortNodeId } from '../../src/values/node-id.ts';

/** In the form that Talos gives them. */
const id = 'TNZ6L8PdzpNDjgDnWzIaCpyCKjGsTOYRAoMh0SLr5Q1';

test('a node id is 32 bytes in base 62, and nothing else is one', () => {
  assert.ok(isNodeId(id));
  for (const text of ['', 'token=abc', `${id}=`, 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl', id.slice(8)]) {
    assert.equal(isNodeId(text), false, text);
  }
});

test('a short node id is shown where the whole one would be removed as a secret', () => {
  assert.doesNotMatch(redactText(`worker-1 (${id})`), /TNZ6/);
  assert.equal(redactText(`worker-1 (${shortNodeId(id)})`), 'worker-1 (TNZ6L8Pd)');
});
