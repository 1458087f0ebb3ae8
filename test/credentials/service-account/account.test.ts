import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseServiceAccount } from '../../../src/credentials/service-account/account.ts';
import { readSigningKey } from '../../../src/credentials/service-account/key.ts';
import { signDetached } from '../../../src/credentials/service-account/sign.ts';
import { locked, plain } from './vectors.ts';

const encode = (document: unknown): string => Buffer.from(JSON.stringify(document)).toString('base64');
const key = encode({ name: 'ci', pgp_key: plain.armored });
const method = '/machine.MachineService/Version';
const now = plain.createdAt + 5_500;

function accountOf(text: string) {
  const parsed = parseServiceAccount(text);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

test('a key is read, also if its base64 is wrapped', () => {
  for (const text of [key, key.replace(/(.{76})/g, '$1\n')]) {
    const { name, createdAt, expiresAt } = accountOf(text);
    assert.deepEqual([name, createdAt, expiresAt], ['ci', plain.createdAt, plain.expiresAt]);
  }
});

test('the headers of a call are those that the signature covers, its payload and the signature', () => {
  const headers = accountOf(key).headers(method, { runtime: 'Talos', context: 'prod' }, now);
  const second = `${Math.floor(now / 1000)}`;
  const payload = JSON.stringify({
    headers: { 'x-sidero-timestamp': [second], runtime: ['Talos'], context: ['prod'] },
    method,
  });
  const signature = signDetached(readSigningKey(plain.armored), Buffer.from(payload), 1000 * Number(second));
  assert.deepEqual(headers, {
    runtime: 'Talos',
    context: 'prod',
    'x-sidero-timestamp': second,
    'x-sidero-payload': payload,
    'x-sidero-signature': `siderov1 ci ${plain.fingerprint} ${signature.toString('base64')}`,
  });
});

test('a call to Omni itself is signed without headers for Talos', () => {
  const headers = accountOf(key).headers(method, {}, now);
  assert.deepEqual(Object.keys(headers), ['x-sidero-timestamp', 'x-sidero-payload', 'x-sidero-signature']);
  assert.deepEqual(Object.keys(JSON.parse(headers['x-sidero-payload'] ?? '').headers), ['x-sidero-timestamp']);
});

test('calls are signed anew each second, for each method and each cluster', () => {
  const { headers } = accountOf(key);
  const first = headers(method, { context: 'a' }, now);
  const others = [
    headers(method, { context: 'a' }, now + 1000),
    headers('/cosi.resource.State/Get', { context: 'a' }, now + 1000),
    headers(method, { context: 'b' }, now + 1000),
  ];
  const signatures = [first, ...others].map((one) => one['x-sidero-signature']);
  assert.equal(new Set(signatures).size, 4);
  assert.deepEqual(headers(method, { context: 'a' }, now + 1200), others[0]);
});

const refused: readonly (readonly [string, string, string])[] = [
  ['text that is not base64', '{"name"', 'characters that are not base64'],
  ['base64 of something else', 'aGVsbG8=', 'base64 of something that is not whole JSON'],
  ['a truncated key', key.slice(0, 300), 'base64 of something that is not whole JSON'],
  ['a key without a name', encode({ pgp_key: plain.armored }), 'JSON without a name and a pgp_key'],
  ['a list', encode([1]), 'JSON without a name and a pgp_key'],
  ['a name with a blank', encode({ name: 'a b', pgp_key: plain.armored }), 'a name that is empty, or has blanks'],
  ['a key with a passphrase', encode({ name: 'ci', pgp_key: locked }), 'an OpenPGP key with a passphrase'],
  ['no OpenPGP key', encode({ name: 'ci', pgp_key: 'x' }), 'no OpenPGP key'],
  ['a line of omnictl', `OMNI_SERVICE_ACCOUNT_KEY=${key}`, 'a line with the name of the variable'],
];

for (const [what, text, got] of refused) {
  test(`refuses ${what}, and quotes nothing of it`, () => {
    const parsed = parseServiceAccount(text);
    assert.ok(!parsed.ok);
    assert.equal(parsed.error.got, got);
    for (let start = 0; start + 12 <= text.length; start += 1) {
      const part = text.slice(start, start + 12);
      assert.ok(
        part.includes('SERVICE') || part.includes('OMNI_') || !JSON.stringify(parsed.error).includes(part),
        part,
      );
    }
  });
}

test('nothing that prints an account shows its key', () => {
  const account = accountOf(key);
  assert.equal(
    JSON.stringify(account),
    JSON.stringify({ name: 'ci', createdAt: plain.createdAt, expiresAt: plain.expiresAt }),
  );
});
