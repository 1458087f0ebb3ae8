import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ParsedTalosconfig, parseTalosconfig } from '../../src/credentials/talosconfig.ts';
import { base64, createIdentity, talosconfig } from './certificates.ts';

const identity = createIdentity();
const other = createIdentity();
const key = identity.key.replaceAll('ED25519 PRIVATE', 'PRIVATE');
const prod = {
  name: 'prod',
  endpoints: ['10.0.0.1', '10.0.0.2'],
  nodes: [],
  login: { kind: 'certificate', ca: identity.ca, crt: identity.crt, key },
};

/** A second context after the first. */
function withStaging(text: string): string {
  return `${text}${talosconfig(other).split('\n').slice(2).join('\n').replace('prod', 'staging')}`;
}

function complaints(parsed: ParsedTalosconfig): readonly object[] {
  return parsed.ok ? [] : parsed.error;
}

test('reads the context, and rewrites the header of the key', () => {
  assert.deepEqual(parseTalosconfig(talosconfig(identity)), { ok: true, value: prod });
});

test('reads optional fields', () => {
  const text = talosconfig(identity, { nodes: '[10.0.0.5]', target: '10.0.0.9', 'proxy-url': 'socks5://a:1080' });
  const context = {
    ...prod,
    endpoints: ['10.0.0.1', '10.0.0.2', '10.0.0.9'],
    nodes: ['10.0.0.5'],
    proxyUrl: 'socks5://a:1080',
  };
  assert.deepEqual(parseTalosconfig(text), { ok: true, value: context });
});

test('reads a context without endpoints', () => {
  const text = talosconfig(identity, { endpoints: undefined });
  assert.deepEqual(parseTalosconfig(text), { ok: true, value: { ...prod, endpoints: [] } });
});

test('an expired certificate is valid input', async () => {
  const expired = createIdentity('expired');
  assert.equal(parseTalosconfig(talosconfig(expired)).ok, true);
});

test('accepts several CAs, as during a rotation', () => {
  const ca = identity.ca + other.ca;
  assert.deepEqual(parseTalosconfig(talosconfig(identity, { ca: base64(ca) })), {
    ok: true,
    value: { ...prod, login: { ...prod.login, ca } },
  });
});

const text = talosconfig(identity);
const spellings: Readonly<Record<string, string>> = {
  'a byte order mark': `\u{feff}${text}`,
  'carriage returns': text.replaceAll('\n', '\r\n'),
  'a document marker': `---\n${text}`,
  'an empty second document': `${text}---\n`,
  comments: `# mine\n${text}`,
  'merge keys, as talosctl': `x: &ends {endpoints: [10.0.0.9]}\ny: &more {endpoints: [], nodes: []}\n${text.replace('    ca:', '    <<: [*ends, *more]\n    ca:')}`,
  'a merged context': text
    .replace('contexts:\n  prod:', 'default: &default')
    .replaceAll('\n    ', '\n  ')
    .concat('contexts: {prod: {<<: *default}}\n'),
  'a merge of what merges': `a: &a {key: x}\nb: &b {<<: *a, key: y}\n${text.replace('    ca:', '    <<: *b\n    ca:')}`,
  'quotes and folded keys': text.replace(/key: (.{40})(.*)/, 'key: "$1\n      $2"'),
  JSON: JSON.stringify({
    context: 'prod',
    contexts: {
      prod: {
        endpoints: prod.endpoints,
        ca: base64(identity.ca),
        crt: base64(identity.crt),
        key: base64(identity.key),
      },
    },
  }),
};

for (const [name, spelling] of Object.entries(spellings)) {
  test(`accepts ${name}`, () => {
    assert.deepEqual(parseTalosconfig(spelling), { ok: true, value: prod });
  });
}

test('the context is that of the input, else of the file, else the only one', () => {
  const both = withStaging(text);
  const chosen = (from: string, name?: string) => {
    const parsed = parseTalosconfig(from, name);
    return parsed.ok ? parsed.value.name : parsed.error;
  };
  assert.equal(chosen(both), 'prod');
  assert.equal(chosen(both, 'staging'), 'staging');
  assert.equal(chosen(text.replace('context: prod\n', '')), 'prod');
  assert.deepEqual(chosen(both.replace('context: prod\n', '')), [
    {
      input: 'talosconfig',
      expected: 'the name of a context of the talosconfig ("prod", "staging")',
      got: 'none',
      hint: 'say which one with the input context',
    },
  ]);
  assert.deepEqual(chosen(both, 'stagin'), [
    {
      input: 'context',
      expected: 'the name of a context of the talosconfig ("prod", "staging")',
      got: '"stagin"',
      hint: 'did you mean "staging"?',
    },
  ]);
  assert.deepEqual(chosen(both.replace('context: prod\n', 'context: gone\n')), [
    {
      input: 'talosconfig',
      expected: 'the name of a context of the talosconfig ("prod", "staging")',
      got: 'context: "gone"',
    },
  ]);
});

test('other contexts may be invalid', () => {
  assert.equal(parseTalosconfig(`${text}  broken:\n    key: "%"\n`).ok, true);
});

const document = 'a talosconfig: one YAML document with contexts';
const obtain = 'use the file that talosctl gen config or talosctl config new wrote';
const whole = 'pass the file as it is: a secret or a heredoc may have lost its line breaks or its end';

const noTalosconfigs: readonly (readonly [string, string, string, string?])[] = [
  ['nothing', '', 'nothing but blanks and comments'],
  ['a comment', '# talosconfig\n', 'nothing but blanks and comments'],
  ['two documents', `${text}---\n${text}`, '2 documents', 'keep one, and delete the others'],
  [
    'a tab',
    text.replace('    key', '\tkey'),
    'text that is not valid YAML: tab characters must not be used in indentation in line 7, column 1',
    'indent with blanks',
  ],
  [
    'lost line breaks',
    text.replaceAll('\n', ' '),
    'text that is not valid YAML: bad indentation of a mapping entry in line 1, column 23',
    whole,
  ],
  [
    'a cut quote',
    text.replace('key: ', 'key: "'),
    'text that is not valid YAML: deficient indentation in line 8, column 1',
    whole,
  ],
  [
    'a key that stands there twice, as talosctl does',
    `${text}    nodes: [a]\n    nodes: [b]\n`,
    'text that is not valid YAML: duplicated mapping key in line 9, column 5',
    whole,
  ],
  [
    'a merge of what is no mapping',
    text.replace('    ca:', '    <<: [1]\n    ca:'),
    'text that is not valid YAML: something that has no place there in line 5, column 5',
    whole,
  ],
  ['a scalar', 'talosconfig', 'text that is not a YAML mapping'],
  ['a list', '- a\n- b\n', 'text that is not a YAML mapping'],
  [
    'an alias without an anchor',
    'contexts: *prod',
    'text that is not valid YAML: something that has no place there in line 1, column 12',
    whole,
  ],
  ['a web page', '<!DOCTYPE html>\n<html></html>', 'text that is not a YAML mapping'],
  ['other YAML', 'a: b', 'YAML without a mapping of contexts', obtain],
  ['a file that talosctl made empty', 'context: ""\ncontexts: {}\n', 'a talosconfig without any context', obtain],
];

for (const [name, given, got, hint] of noTalosconfigs) {
  test(`refuses ${name}`, () => {
    const complaint = { input: 'talosconfig', expected: document, got, ...(hint !== undefined && { hint }) };
    assert.deepEqual(complaints(parseTalosconfig(given)), [complaint]);
  });
}

const certificates = 'pass a talosconfig with certificates, such as talosctl config new --roles os:reader writes';
const noCertificates = { ca: undefined, crt: undefined, key: undefined };

const omni = { ...noCertificates, auth: '{ siderov1: { identity: me@example.com } }' };

test('a context of Sidero Omni has the name of the cluster, and perhaps a CA', () => {
  const login = (fields: object) => {
    const parsed = parseTalosconfig(talosconfig(identity, { ...omni, ...fields }));
    return parsed.ok ? parsed.value.login : parsed.error.map(({ got }) => got);
  };
  assert.deepEqual(login({ cluster: 'prod' }), { kind: 'omni', cluster: 'prod' });
  assert.deepEqual(login({}), { kind: 'omni', cluster: '' });
  assert.deepEqual(login({ ca: base64(identity.ca) }), { kind: 'omni', cluster: '', ca: identity.ca });
  assert.deepEqual(login({ cluster: '[]' }), ['not a string in the context "prod"']);
  assert.deepEqual(login({ ca: base64('x') }), ['base64 of something that is not PEM in the context "prod"']);
});

test('certificates are used if a context has a login of Omni too', () => {
  const parsed = parseTalosconfig(talosconfig(identity, { auth: omni.auth }));
  assert.equal(parsed.ok && parsed.value.login.kind, 'certificate');
});

test('refuses and names a login by password', () => {
  const basic = talosconfig(identity, { ...noCertificates, auth: '{ basic: { username: me, password: hunter22 } }' });
  assert.deepEqual(complaints(parseTalosconfig(basic)), [
    {
      input: 'talosconfig',
      expected: 'a context with ca, crt and key',
      got: 'a login by password (auth.basic), which is not supported',
      hint: certificates,
    },
  ]);
});

test('returns all complaints at once', () => {
  const parsed = parseTalosconfig(talosconfig(identity, { ...noCertificates, endpoints: 'a', nodes: 'b' }));
  assert.deepEqual(parsed.ok ? [] : parsed.error.map(({ got }) => got), [
    'no list in the context "prod"',
    'no list in the context "prod"',
    'no ca in the context "prod"',
    'no crt in the context "prod"',
    'no key in the context "prod"',
  ]);
});

/** A talosconfig of which a piece is lost, doubled or replaced. */
const damaged = fc
  .tuple(
    fc.nat(),
    fc.nat({ max: 400 }),
    fc.oneof(
      fc.constant(''),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('&a ', '*a', '<<: ', '{', '[', '- ', '!!binary ', '\t'),
    ),
  )
  .map(([at, length, piece]) => {
    const text = talosconfig(identity);
    const start = at % text.length;
    return `${text.slice(0, start)}${piece}${text.slice(start + length)}`;
  });
const otherDocument = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.json().map((json) => `contexts: ${json}`),
  fc.json().map((json) => `context: a\ncontexts: {a: ${json}}`),
);

test('law: any text is a talosconfig, or problems with it: nothing is thrown', () => {
  fc.assert(
    fc.property(fc.oneof(damaged, otherDocument), fc.constantFrom('', 'prod', 'a'), (text, context) => {
      const parsed = parseTalosconfig(text, context);
      assert.ok(parsed.ok ? parsed.value.login.kind !== undefined : parsed.error.length > 0);
    }),
  );
});
