import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suggest } from '../../src/values/suggest.ts';

const candidates = [
  'endpoints',
  'nodes',
  'only-nodes',
  'wait-timeout',
  'rpc-timeout',
  'summary',
  'control-plane-nodes',
];

const meant: readonly (readonly [string, string | undefined])[] = [
  ['enpoints', 'endpoints'],
  ['endpoint', 'endpoints'],
  ['node', 'nodes'],
  ['wait-time', 'wait-timeout'],
  ['timeout', 'wait-timeout'],
  ['controlplane-nodes', 'control-plane-nodes'],
  ['control-planes', 'control-plane-nodes'],
  ['sumary', 'summary'],
  ['kubeconfig', undefined],
  ['', undefined],
  ['x'.repeat(1_000), undefined],
];

for (const [word, candidate] of meant) {
  test(`${word.slice(0, 40)} suggests ${candidate ?? 'nothing'}`, () => {
    assert.equal(suggest(word, candidates), candidate);
  });
}
