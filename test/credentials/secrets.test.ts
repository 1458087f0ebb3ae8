import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secretsOf, secretsOfInput } from '../../src/credentials/secrets.ts';
import { base64, createIdentity, talosconfig } from './certificates.ts';

const identity = createIdentity();
const key = base64(identity.key);
const body = identity.key.split('\n')[1] ?? '';
const text = talosconfig(identity);

test('the encoded key and the line of the decoded key are secret', () => {
  const secrets = secretsOf(text);
  assert.ok(secrets.includes(key));
  assert.ok(secrets.includes(body));
});

test('PEM headers, endpoints and context names are not secret', () => {
  for (const secret of secretsOf(text)) {
    assert.doesNotMatch(secret, /PRIVATE KEY|endpoints|10\.0\.0\.1|prod|\n/);
  }
});

const spellings: Readonly<Record<string, string>> = {
  base64: base64(text),
  'wrapped base64': base64(text).replace(/(.{76})/g, '$1\n'),
  'carriage returns': text.replaceAll('\n', '\r\n'),
  JSON: JSON.stringify({ contexts: { prod: { key } } }),
  'a folded key': text.replace(/key: (.{70})(.*)/, 'key: >-\n      $1\n      $2'),
  'a quoted key over two lines': text.replace(/key: (.{35})(.*)/, 'key: "$1\\\n      $2"'),
  'lost line breaks': text.replaceAll('\n', ' '),
  'a tab': text.replace('    key', '\tkey'),
  'two documents': `${text}---\n${text}`,
  'PEM without base64': identity.key,
};

for (const [name, spelling] of Object.entries(spellings)) {
  test(`finds the key in ${name}`, () => {
    assert.ok(secretsOf(spelling).includes(body));
  });
}

test('every line of a longer key is secret', () => {
  const lines = ['A', 'b', '3'].map((letter) => letter.repeat(64));
  const pem = `-----BEGIN RSA PRIVATE KEY-----\n${lines.join('\n')}\n-----END RSA PRIVATE KEY-----\n`;
  const secrets = secretsOf(talosconfig(identity, { key: base64(pem) }));
  for (const line of lines) assert.ok(secrets.includes(line));
});

test('keys of other contexts, and passwords, are secret', () => {
  const other = talosconfig(identity, { auth: '{ basic: { username: me, password: hunter22 } }' });
  const secrets = secretsOf(`${other}  b:\n    proxy-url: http://me:hunter33@proxy:1\n  c:\n    key: c2hvcnRrZXk=\n`);
  for (const secret of ['hunter22', 'hunter33', 'c2hvcnRrZXk=']) assert.ok(secrets.includes(secret), secret);
});

test('the rest of the key in a truncated talosconfig is secret', () => {
  const start = text.indexOf(key);
  for (let length = start + 60; length <= start + key.length; length += 1) {
    const rest = text.slice(start, length);
    const secrets = secretsOf(text.slice(0, length));
    assert.ok(
      secrets.some((secret) => rest.startsWith(secret) && secret.length >= rest.length - 2),
      rest,
    );
  }
});

test('the search never throws, and never returns a mask that would redact the log', () => {
  for (const odd of [
    '',
    ' ',
    '{',
    '*a',
    '\0',
    '\u{d800}',
    'key: x',
    'password: "',
    'a: &a [*a]',
    '-----BEGIN PRIVATE KEY-----',
  ]) {
    assert.deepEqual(secretsOf(odd), []);
  }
});

test('an input is secret as a whole, but a path is not', () => {
  assert.equal(secretsOfInput(` ${text}`)[0], text.trim());
  assert.equal(secretsOfInput(base64(text))[0], base64(text));
  assert.ok(secretsOfInput(base64(text)).includes(body));
  assert.deepEqual(secretsOfInput(body), [body]);
  assert.deepEqual(secretsOfInput('/home/me/.talos/config'), []);
  assert.deepEqual(secretsOfInput('config'), []);
  assert.deepEqual(secretsOfInput(''), []);
});
