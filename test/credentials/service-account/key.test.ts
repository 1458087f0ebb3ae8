import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readSigningKey, type SigningKey } from '../../../src/credentials/service-account/key.ts';
import { KeyError } from '../../../src/credentials/service-account/packets.ts';
import { signDetached } from '../../../src/credentials/service-account/sign.ts';
import { Gpg, hasGpg } from './gpg.ts';
import { forever, locked, plain, publicKey, rsa } from './vectors.ts';

const withoutGpg = !hasGpg && 'gpg is not installed';
const payload = Buffer.from('{"headers":{},"method":"/machine.MachineService/Version"}');

test('a key has its fingerprint, when it was created and when it expires', () => {
  const { fingerprint, createdAt, expiresAt } = readSigningKey(plain.armored);
  assert.equal(fingerprint.toString('hex'), plain.fingerprint);
  assert.deepEqual([createdAt, expiresAt], [plain.createdAt, plain.expiresAt]);
});

test('a key may never expire', () => {
  assert.equal(readSigningKey(forever).expiresAt, undefined);
});

const refused: readonly (readonly [string, string, string])[] = [
  ['a key with a passphrase', locked, 'an OpenPGP key with a passphrase'],
  ['an RSA key', rsa, 'an OpenPGP key of another kind'],
  ['a public key', publicKey, 'an OpenPGP public key block'],
  ['no key', 'x', 'no OpenPGP key'],
  ['a truncated key', plain.armored.slice(0, 300), 'an OpenPGP key without its end'],
  ['a key that lost a line', plain.armored.replace(/^.{64}\n/m, ''), 'an OpenPGP key that is damaged'],
];

for (const [what, armored, message] of refused) {
  test(`refuses ${what}`, () => {
    assert.throws(() => readSigningKey(armored), new KeyError(message));
  });
}

test('a key with another private part than its public part is damaged', () => {
  const bytes = Buffer.from(plain.armored.split('\n\n')[1]?.split('\n=')[0] ?? '', 'base64');
  bytes[60] = (bytes[60] ?? 0) ^ 1;
  const armored = `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${bytes.toString('base64')}\n-----END PGP PRIVATE KEY BLOCK-----`;
  assert.throws(() => readSigningKey(armored), new KeyError('an OpenPGP key that is damaged'));
});

test('law: any bytes are a key or a KeyError', () => {
  const bytes = Buffer.from(plain.armored.split('\n\n')[1]?.split('\n=')[0] ?? '', 'base64');
  const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(changes, fc.nat(bytes.length), (changed, cut) => {
      const damaged = Buffer.from(bytes.subarray(0, bytes.length - (cut % 20)));
      for (const [at, value] of changed) damaged[at] = value;
      try {
        readSigningKey(
          `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${damaged.toString('base64')}\n-----END PGP PRIVATE KEY BLOCK-----`,
        );
      } catch (error) {
        assert.ok(error instanceof KeyError, String(error));
      }
    }),
  );
});

test('a signature is the same bytes as before, which GnuPG verified', () => {
  const signature = signDetached(readSigningKey(plain.armored), payload, plain.createdAt + 1000);
  assert.equal(signature.toString('base64'), verified);
});

const verified =
  'wnUEABYKAB0FAmsLuYkWIQR3PH0OBffDiS8LSuw+QB5xGbxH0wAKCRA+QB5xGbxH03uwAQCG261cefvj7nzar74rJ1aDe4Tytmrj1buxpb9EnaDfyAD/YReJjK6jDroV3h+GPevGCbNDv7/9h4QLglLz6NuIEQ0=';

test('GnuPG verifies signatures by keys that it made, and no others', { skip: withoutGpg }, () => {
  using gpg = new Gpg();
  const names = ['one', 'two'] as const;
  const [one, two] = names.map((name) => readSigningKey(gpg.createKey(name)));
  assert.ok(one && two);
  assert.equal(one.fingerprint.toString('hex').toUpperCase(), gpg.fingerprint('one'));
  assert.equal(one.expiresAt, one.createdAt + 365 * 24 * 60 * 60 * 1000);
  const sign = (key: SigningKey, index: number): readonly [Buffer, Buffer] => {
    const data = Buffer.from(`payload ${index}`);
    return [data, signDetached(key, data, Date.now())];
  };
  for (let index = 0; index < 10; index += 1) {
    const [data, signature] = sign(index % 2 === 0 ? one : two, index);
    assert.ok(gpg.verifies(data, signature));
    assert.ok(!gpg.verifies(Buffer.from('another payload'), signature));
  }
  const stranger = { ...one, privateKey: two.privateKey };
  assert.ok(!gpg.verifies(...sign(stranger, 0)));
});

test('numbers of a signature have no leading zeros', { skip: withoutGpg }, () => {
  using gpg = new Gpg();
  const key = readSigningKey(gpg.createKey('one'));
  const now = Date.now();
  const short = Array.from({ length: 2000 }, (_, index) => Buffer.from(`${index}`)).filter(
    (data) => signDetached(key, data, now).length < 2 + 117,
  );
  assert.ok(short.length > 0);
  for (const data of short.slice(0, 5)) {
    assert.ok(gpg.verifies(data, signDetached(key, data, now)));
  }
});
