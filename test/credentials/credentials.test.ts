import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { parseTalosconfig } from '../../src/credentials/talosconfig.ts';
import { base64, createIdentity, type Identity, talosconfig } from './certificates.ts';

const identity = createIdentity();
const other = createIdentity();
const text = talosconfig(identity);

const cut = 'copy the whole talosconfig again: it seems to be cut off or changed';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const encrypted = rsa.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
  .toString();
const damaged = base64(identity.key.replace('MC4CAQAw', 'AAAAAAAA'));

const broken: readonly (readonly [string, Readonly<Record<string, string | undefined>>, string, string, string?])[] = [
  ['no ca', { ca: undefined }, 'ca to be base64 of a PEM certificate', 'no ca'],
  ['no crt', { crt: undefined }, 'crt to be base64 of a PEM certificate', 'no crt'],
  ['no key', { key: undefined }, 'key to be base64 of a PEM private key', 'no key'],
  ['an empty key', { key: '""' }, 'key to be base64 of a PEM private key', 'no key'],
  ['a number for a key', { key: '12' }, 'key to be base64 of a PEM private key', 'not a string'],
  [
    'a key that is not base64',
    { key: '"%%%"' },
    'key to be base64 of a PEM private key',
    'characters that are not base64',
    cut,
  ],
  [
    'a key without base64',
    { key: JSON.stringify(identity.key) },
    'key to be base64 of a PEM private key',
    'PEM without base64 around it',
    'encode it: base64 -w0',
  ],
  [
    'base64 of something else',
    { key: base64('hello, world') },
    'key to be base64 of a PEM private key',
    'base64 of something that is not PEM',
  ],
  [
    'a key cut in the middle',
    { key: base64(identity.key).slice(0, 101) },
    'key to be base64 of a PEM private key',
    'PEM without its end',
    cut,
  ],
  [
    'a key cut at its end',
    { key: base64(`${identity.key}\n`).slice(0, -3) },
    'key to be base64 of a PEM private key',
    'base64 without its end',
    cut,
  ],
  [
    'a damaged key',
    { key: damaged },
    'key to be base64 of a PEM private key',
    'a private key that cannot be read',
    cut,
  ],
  ['a certificate for a key', { key: base64(identity.crt) }, 'key to be base64 of a PEM private key', 'a certificate'],
  ['an encrypted key', { key: base64(encrypted) }, 'key to be base64 of a PEM private key', 'an encrypted private key'],
  ['a key for a certificate', { crt: base64(identity.key) }, 'crt to be base64 of a PEM certificate', 'a private key'],
  [
    'a damaged authority',
    { ca: base64(identity.ca.replace('\nMI', '\nAA')) },
    'ca to be base64 of a PEM certificate',
    'a certificate that cannot be read',
    cut,
  ],
  [
    'the key of another',
    { key: base64(other.key) },
    'crt and key to belong together',
    'the key of another certificate',
    'copy both from the same talosconfig',
  ],
  [
    'an RSA key of another',
    { key: base64(pkcs1) },
    'crt and key to belong together',
    'the key of another certificate',
    'copy both from the same talosconfig',
  ],
  ['one endpoint that is no list', { endpoints: '10.0.0.1' }, 'endpoints to be a list of strings', 'no list'],
  ['endpoints of another type', { endpoints: '[1]' }, 'endpoints to be a list of strings', 'a list of other things'],
  ['a proxy that is no URL', { 'proxy-url': 'user:secret@' }, 'proxy-url to be a URL', 'something else'],
];

for (const [name, fields, expected, got, hint] of broken) {
  test(`refuses ${name}`, () => {
    const complaint = {
      input: 'talosconfig',
      expected,
      got: `${got} in the context "prod"`,
      ...(hint !== undefined && { hint }),
    };
    assert.deepEqual(parseTalosconfig(talosconfig(identity, fields)), { ok: false, error: [complaint] });
  });
}

test('a truncated talosconfig is refused without its secrets', () => {
  const end = text.trimEnd().length;
  for (let length = 0; length < end; length += 2) {
    const parsed = parseTalosconfig(text.slice(0, length));
    if (parsed.ok) assert.fail(`a talosconfig of ${length} of ${end} characters was taken`);
    assertSilent(JSON.stringify(parsed.error), identity);
  }
});

test('a complaint contains no secrets, whichever character is changed', () => {
  for (let index = 0; index < text.length; index += 7) {
    for (const character of ['\t', '"', ':', '\n', '*', '&', '!', '{', '\0']) {
      const parsed = parseTalosconfig(text.slice(0, index) + character + text.slice(index + 1));
      if (!parsed.ok) assertSilent(JSON.stringify(parsed.error), identity);
    }
  }
});

/** A message contains no eight consecutive characters of the key or its base64. */
function assertSilent(message: string, { key: secret }: Identity): void {
  const body = secret.split('\n')[1] ?? '';
  const encoded = base64(secret);
  for (const source of [body, encoded]) {
    for (let start = 0; start + 8 <= source.length; start += 1) {
      assert.ok(!message.includes(source.slice(start, start + 8)), message);
    }
  }
}
