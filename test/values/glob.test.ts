import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesGlob } from '../../src/values/glob.ts';

const matching: readonly (readonly [string, string])[] = [
  ['worker-1', 'worker-*'],
  ['worker-', 'worker-*'],
  ['worker-1', 'worker-?'],
  ['worker-1', '*'],
  ['', '*'],
  ['a-b-c-d', 'a*c*d'],
  ['10.0.1.12', '10.0.1.*'],
  ['fd00::1:2', 'fd00::*'],
  ['aXbXb', 'a*b'],
];
const others: readonly (readonly [string, string])[] = [
  ['worker-10', 'worker-?'],
  ['my-worker-1', 'worker-*'],
  ['worker', 'worker-*'],
  ['10.0.11.1', '10.0.1.*'],
  ['', '?'],
  ['abc', 'ab'],
  ['ab', 'abc'],
];

for (const [text, pattern] of matching) {
  test(`"${text}" matches ${pattern}`, () => assert.equal(matchesGlob(text, pattern), true));
}
for (const [text, pattern] of others) {
  test(`"${text}" does not match ${pattern}`, () => assert.equal(matchesGlob(text, pattern), false));
}

test('a pattern with many stars does not take exponential time', () => {
  assert.equal(matchesGlob('a'.repeat(253), `${'*a'.repeat(120)}*b`), false);
});

test('law: a pattern matches only what it describes', () => {
  const character = fc.constantFrom('a', 'b', '*', '?');
  const short = (unit: fc.Arbitrary<string>) => fc.string({ unit, maxLength: 8 });
  fc.assert(
    fc.property(short(fc.constantFrom('a', 'b')), short(character), (text, pattern) => {
      const described = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      assert.equal(matchesGlob(text, pattern), described.test(text));
    }),
  );
});
