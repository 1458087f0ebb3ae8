import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { redact, redactText } from '../../../src/report/sanitize/redact.ts';
import { nodeText } from '../../builders/arbitrary.ts';

/** Built at run time, so that secret scanners do not report them. */
const jwt = [{ alg: 'RS256' }, { sub: 'me' }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .concat(Buffer.alloc(48, 7).toString('base64url'))
  .join('.');
const hex = '0123456789abcdef';

const redacted: readonly (readonly [line: string, expected: string])[] = [
  ['Authorization: Bearer abc', 'Authorization: (removed)'],
  ['"Authorization":["Bearer abc"],"x":1', '"Authorization": (removed)'],
  ['X-Vault-Token: s.abc', 'X-Vault-Token: (removed)'],
  ['Set-Cookie: id=1; HttpOnly', 'Set-Cookie: (removed)'],
  ['sent bearer aGVsbG8x to it', 'sent bearer (removed) to it'],
  ['sent Basic dXNlcjpwYXNz', 'sent Basic (removed)'],
  [`got ${jwt} from it`, 'got (removed) from it'],
  [`joining with abcdef.${hex}.`, 'joining with (removed).'],
  [`--token=abcdef.${hex} --v=2`, '--token=(removed) --v=2'],
  ['--registry-password hunter2 --v=2', '--registry-password (removed) --v=2'],
  ['password=hunter2 user=me', 'password=(removed) user=me'],
  ['"password":"hun\\"ter2","user":"me"', '"password":"(removed)","user":"me"'],
  ['{\\"clientSecret\\":\\"hunter2\\",\\"a\\":1}', '{\\"clientSecret\\":\\"(removed)\\",\\"a\\":1}'],
  ['password for user "foo" is "hunter2"', 'password for user "foo" is "(removed)"'],
  ['token "abc" is expired', 'token "(removed)" is expired'],
  ['PRIVATE KEY: abc', 'PRIVATE KEY: (removed)'],
  ['GET /blob?sig=abc', 'GET /blob?sig=(removed)'],
  ["apiKey: 'two words' x", "apiKey: '(removed)' x"],
  ['secret = "never closed', 'secret = "(removed)'],
  ['"auth":"dXNlcjpwYXNz"', '"auth":"(removed)"'],
  ['pulling from https://me:hunter2@registry.example/v2', 'pulling from https://(removed)@registry.example/v2'],
  ['proxy http://me:a/b@c@proxy:3128', 'proxy http://(removed)@proxy:3128'],
  ['GET https://s3.example/x?X-Amz-Signature=abc', 'GET https://s3.example/x?X-Amz-Signature=(removed)'],
  [`key ${hex}${hex} set`, 'key (removed) set'],
  ['id AGE-SECRET-KEY-1QQQ', 'id (removed)'],
  [`ghp_${'a1B2'.repeat(9)}`, '(removed)'],
  [`pass\u200bword=hunter2`, 'password=(removed)'],
  [`pass\u001b[1mword=hunter2`, 'password=(removed)'],
];

for (const [line, expected] of redacted) {
  test(`removes the secret of ${JSON.stringify(line)}`, () => {
    assert.deepEqual(redact([line]), [expected]);
    assert.deepEqual(redact([expected]), [expected], 'a second pass changes nothing');
    assert.equal(redactText(line), expected, 'as a text other than a log line');
    assert.equal(redactText(expected), expected);
  });
}

const kept = [
  'etcd is Failed: exit code 1',
  '{"level":"warn","ts":"2026-01-02T03:04:05.678Z","caller":"etcdserver/util.go:170","msg":"apply request took too long","took":"213.4ms","request":"key:\\"/registry/health\\" "}',
  'failed to reserve container name "kube-scheduler-cp-1_kube-system_0": name is reserved',
  'MountVolume.SetUp failed for volume "certs" : secret "tls" not found',
  'open /var/lib/kubelet/pods/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/volumes/kubernetes.io~projected: no such file',
  'listening on https://10.0.0.1:2379 as member 8e9e05c52164694d',
  `image registry.k8s.io/pause@sha256:${hex.repeat(4)}`,
  'E0102 03:04:05.678901 1234 kubelet.go:2347] "Container runtime network not ready" networkReady="NetworkReady=false"',
  'worker.internalcluster01.lan and sk-bratislava-worker-1 are not ready',
  'talosctl gen config --with-secrets secrets.yaml --output-types talosconfig',
  'client-cert-auth=true, trusted-ca-file=/system/secrets/etcd/ca.crt',
];

for (const line of kept) {
  test(`keeps ${JSON.stringify(line)}`, () => {
    assert.deepEqual(redact([line]), [line]);
    assert.equal(redactText(line), line);
  });
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trimEnd().split('\n');
const secrets = pem.filter((line) => !line.startsWith('-----'));

test('a text without a secret is unchanged, whatever its length and characters', () => {
  const text = `${'not ready \u202e\n'.repeat(1000)}the end`;
  assert.equal(redactText(text), text);
});

test('secrets are removed from a text of several lines', () => {
  assert.equal(redactText(`cannot read\n${pem.join('\n')}\n`), 'cannot read (removed)');
  const talosconfig = `contexts:\n  prod:\n    key: ${Buffer.from(pem.slice(0, 9).join('\n')).toString('base64')}\n`;
  assert.equal(redactText(talosconfig), 'contexts:   prod:     key: (removed)');
  assert.equal(redactText('a\n  token: hunter2\n  secret: hunter3\n'), 'a   token: (removed)   secret: (removed)');
});

test('removes a PEM block whole', () => {
  assert.deepEqual(redact(['before', ...pem, 'after']), ['before', '(removed)', 'after']);
});

test('removes a PEM block on one line', () => {
  assert.deepEqual(redact([`key is "${pem.join('\\n')}" here`]), ['key is "(removed)" here']);
});

test('removes a PEM block without its first or last line, and nothing else', () => {
  assert.deepEqual(redact(['before', ...pem.slice(0, -1), 'what comes after']), [
    'before',
    '(removed)',
    'what comes after',
  ]);
  assert.deepEqual(redact([...pem.slice(-2), 'what comes after']), ['(removed)', 'what comes after']);
  assert.deepEqual(redact(['-----BEGIN NOTHING', 'what comes after']), ['(removed)', 'what comes after']);
});

test('removes a PEM block whose lines have a prefix', () => {
  const lines = redact(pem.map((line) => `2026-01-02T03:04:05Z ${line}`));
  for (const secret of secrets) {
    assert.ok(!lines.join('\n').includes(secret));
  }
});

test('removes base64 in any variant and position', () => {
  for (const length of [24, 32, 33, 64, 100]) {
    for (const encoding of ['base64', 'base64url'] as const) {
      // Not random, which would make the test flaky, and not a counter, which lacks a mixture of characters.
      const bytes = Buffer.from(Array.from({ length }, (_, index) => (index * 89 + length * 31) % 256));
      const secret = bytes.toString(encoding);
      const [line = ''] = redact([`value <${secret}>, and more`]);
      assert.ok(!line.includes(secret.slice(0, 12)), `${line} shows ${secret}`);
      assert.ok(line.endsWith('>, and more'));
    }
  }
});

test('a long line is truncated without leaving a part of a secret', () => {
  const secret = randomBytes(600).toString('hex');
  const [line = ''] = redact([`${'word '.repeat(300)}${secret}`]);
  assert.equal(line.length, 500);
  const [short = ''] = redact([`password=${'x'.repeat(1980)} token=${secret}`]);
  assert.equal(short, 'password=(removed) …');
});

test('the redaction of long hostile lines ends', () => {
  const lines = ['a'.repeat(100_000), 'password'.repeat(10_000), '://'.repeat(10_000), '-----BEGIN '.repeat(10_000)];
  const many = lines.flatMap((line) => Array.from({ length: 50 }, () => line));
  assert.equal(redact(many).length, many.length);
  assert.equal(many.map(redactText).length, many.length);
});

/** Values that are secret because of their position, whatever their format. */
const secretValue = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9_.+/]{6,30}[A-Za-z0-9]$/)
  .filter((text) => !/^(?:true|false|nil|null)/i.test(text));
const around = fc.constantFrom('', 'etcd says ', 'level=warn ', '{"level":"warn"} ');

const carriers: Readonly<Record<string, (secret: string) => string>> = {
  'a header': (secret) => `Authorization: Bearer ${secret}`,
  'a bare value': (secret) => `password=${secret} user=me`,
  'a value of JSON': (secret) => `"clientSecret":"${secret}","user":"me"`,
  'a value of JSON in a text': (secret) => `{\\"token\\":\\"${secret}\\"}`,
  'a flag': (secret) => `--registry-password ${secret} --v=2`,
  'the user of a URL': (secret) => `http://me:${secret}@proxy.example:3128/`,
  'a parameter of a URL': (secret) => `GET /x?X-Amz-Signature=${secret}`,
  'a sentence': (secret) => `token "${secret}" is expired`,
};

for (const [name, carry] of Object.entries(carriers)) {
  test(`law: ${name} shows no secret, and a second pass changes nothing`, () => {
    fc.assert(
      fc.property(secretValue, around, (secret, before) => {
        const line = `${before}${carry(secret)}`;
        const once = redact([line]);
        assert.ok(!once.join('\n').includes(secret), once.join('\n'));
        assert.ok(!redactText(line).includes(secret));
        assert.deepEqual(redact(once), once);
        assert.equal(redactText(redactText(line)), redactText(line));
      }),
    );
  });
}

test('law: every key is removed, whatever the text around it and its line breaks', () => {
  const key = Buffer.from(Array.from({ length: 96 }, (_, index) => (index * 37) % 251)).toString('base64');
  fc.assert(
    fc.property(fc.array(nodeText, { maxLength: 3 }), fc.integer({ min: 16, max: 76 }), (lines, width) => {
      const body = key.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
      const log = [...lines, '-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----', ...lines];
      const shown = redact(log).join('\n');
      for (const part of body.filter(({ length }) => length >= 16)) assert.ok(!shown.includes(part), shown);
    }),
  );
});
