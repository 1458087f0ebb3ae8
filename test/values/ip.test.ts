import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIp, parseIp } from '../../src/values/ip.ts';

const pairs: readonly (readonly [text: string, bytes: readonly number[]])[] = [
  ['10.0.0.1', [10, 0, 0, 1]],
  ['fd00::1', [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  ['::', Array(16).fill(0)],
  ['2001:db8::1:0:0:1', [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]],
];

for (const [text, bytes] of pairs) {
  test(`${text} is formatted and parsed`, () => {
    assert.deepEqual([...parseIp(text)], bytes);
    assert.equal(formatIp(Uint8Array.from(bytes)), text);
  });
}

test('an IPv4-mapped IPv6 address is formatted as IPv4, and a zone is kept', () => {
  assert.equal(formatIp(Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1])), '10.0.0.1');
  const linkLocal = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, ...Buffer.from('eth0')];
  assert.equal(formatIp(Uint8Array.from(linkLocal)), 'fe80::1%eth0');
});

test('other bytes and texts are errors', () => {
  assert.throws(() => formatIp(Uint8Array.of(1, 2, 3)), /4 or 16 bytes, not 3/);
  assert.throws(() => parseIp('cp-1'), /not an IP address/);
});

const ofLength = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test('law: a formatted address parses to the same bytes', () => {
  // The prefix of IPv4-mapped IPv6 addresses, and runs of zeros.
  const sparse = fc
    .array(fc.constantFrom(0, 0, 0, 1, 255), { minLength: 16, maxLength: 16 })
    .map((bytes) => Uint8Array.from(bytes));
  fc.assert(
    fc.property(fc.oneof(ofLength(4), ofLength(16), sparse), (bytes) => {
      const text = formatIp(bytes);
      const back = parseIp(text);
      assert.equal(formatIp(back), text);
      assert.deepEqual([...back], [...bytes.slice(-back.length)]);
    }),
  );
});
