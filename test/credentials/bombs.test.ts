import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadAll } from 'js-yaml';
import { secretsOf, secretsOfInput } from '../../src/credentials/secrets.ts';
import { masked, parse } from '../inputs/parse.ts';
import { base64, createIdentity, talosconfig } from './certificates.ts';

const text = talosconfig(createIdentity());

/** The lengths of an input below and above the limit. */
const sizes = [256 * 1024, 1024 * 1024];
const fill = (part: string, length: number): string => part.repeat(Math.max(0, Math.floor(length / part.length)));
const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** Ten levels, each of nine aliases of the one before. */
const laughs = (begin: string, entry: (index: number) => string, end: string): string =>
  lines(10, (level) => {
    const entries = Array.from({ length: 9 }, (_, index) => `${entry(index)}${level === 0 ? 'x' : `*a${level - 1}`}`);
    return `a${level}: &a${level} ${begin}${entries.join(', ')}${end}`;
  });

const small: Readonly<Record<string, string>> = {
  'aliases of aliases': laughs('[', () => '', ']'),
  'aliases of aliases, as mappings': laughs('{', (index) => `k${index}: `, '}'),
  'contexts that are aliases of aliases': `${laughs('{', (index) => `k${index}: `, '}')}\ncontexts: *a9\n`,
  'endpoints that are aliases of aliases': `${laughs('[', () => '', ']')}\ncontexts: {a: {endpoints: *a9}}\n`,
  'clusters that are aliases of aliases': `${laughs('[', () => '', ']')}\nclusters: *a9\nusers: *a9\n`,
  'an alias of itself': 'contexts: &a {b: *a, c: [*a, *a]}',
  'merges in a chain': `a0: &a0 {k: v}\n${lines(800, (index) => `a${index + 1}: &a${index + 1} {<<: *a${index}, k${index}: v}`)}`,
  'merges of many keys': `a: &a {${lines(1000, (index) => `k${index}: v,`)} }\n${lines(1000, (index) => `b${index}: {<<: *a}`)}`,
  'a flow key that is large': `${fill('[', 90)}${fill('a,', 9000)}${fill(']', 90)}: x`,
  'many gzip files': `a: [${Array.from({ length: 400 }, (_, index) => base64(gzipSync(`${index}${fill('a', 250_000)}`).toString('base64')))}]`,
  'a gzip file of 50 MB': base64(gzipSync(fill('a: b\n', 50_000_000)).toString('base64')),
};

const large: Readonly<Record<string, (length: number) => string>> = {
  'open brackets': (length) => fill('[', length),
  'open mappings': (length) => fill('{a: ', length),
  dashes: (length) => fill(`${fill('- ', 198)}\n`, length),
  anchors: (length) => lines(length / 20, (index) => `k${index}: &a${index} v`),
  aliases: (length) => `a: &a v\nb: [${fill('*a,', length - 12)}]`,
  'a long scalar': (length) => `a: ${'x'.repeat(length - 3)}`,
  'a long number': (length) => `a: ${'1'.repeat(length - 3)}`,
  'a long name': (length) => `contexts: {${'n'.repeat(length - 20)}: {}}`,
  'a long host': (length) => `contexts: {a: {endpoints: ["${fill('1:', length - 40)}"]}}`,
  'a tag prefix': (length) => `%TAG !a! tag:${'x'.repeat(length / 2)}\n---\n${fill('- !a!b c\n', length / 2 - 50)}`,
  'line breaks': (length) => `a${fill('\n', length - 2)}]`,
  'escaped line breaks': (length) => `a: "${fill('\\n', length - 6)}"`,
  'names of tokens': (length) => fill('token:', length),
  'tokens on one line': (length) => fill('token:a ', length),
  logins: (length) => fill('://a:b ', length),
  'headers of keys': (length) => fill('-----BEGIN PRIVATE KEY-----', length),
  'lines of a key': (length) => `-----BEGIN PRIVATE KEY-----\n${fill('abcde ', length - 40)}`,
  'base64 of headers': (length) => base64(fill('-----BEGIN PRIVATE KEY-----abcd ', length * 0.7)),
  'runs of base64': (length) => fill(`${'A'.repeat(41)} `, length),
  'runs that are almost base64': (length) => fill(`${'A'.repeat(39)} `, length),
  'documents in base64': (length) => fill(`${base64(`[${fill('a,', 4000)}]`)} `, length),
  'certificates without an end': (length) =>
    `contexts: {a: {ca: ${base64(`-----BEGIN CERTIFICATE-----a-----END CERTIFICATE-----${fill('-----BEGIN CERTIFICATE-----', length * 0.7)}`)}}}`,
  quotes: (length) => `"${fill('" ', length - 2)}x`,
  heredocs: (length) => fill('<<EOT\n', length),
  blanks: (length) => `a:${fill(' ', length - 4)}x:`,
  'base64 of base64': (length) => base64(base64(`a: ${'x'.repeat(length * 0.5)}`)),
};

function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const plain = lines(1024 * 64, (index) => `key${String(index).padStart(6, '0')}: val`);
loadAll(plain);
const usual = Math.max(
  cpuOf(() => loadAll(plain)),
  cpuOf(() => loadAll(plain)),
);

async function cpuOfInput(name: 'talosconfig' | 'kubeconfig', given: string): Promise<number> {
  const before = process.cpuUsage();
  masked.push(...secretsOfInput(given));
  await parse({ [name]: given, context: 'none' });
  masked.length = 0;
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const bombs = [
  ...Object.entries(small),
  ...Object.entries(large).flatMap(([name, make]) => sizes.map((size) => [`${name}, ${size}`, make(size)] as const)),
];

for (const [name, bomb] of bombs) {
  test(`an input costs less than parsing 1 MiB of plain YAML three times: ${name}`, async () => {
    for (const input of ['talosconfig', 'kubeconfig'] as const) {
      const cpu = await cpuOfInput(input, bomb);
      assert.ok(cpu < 3 * usual, `${input}: ${cpu} µs, and ${usual} µs for plain YAML`);
    }
  });
}

test('an input above the size limit is refused in one line, without quoting it', async () => {
  for (const [given, got] of [
    [fill('[', 1024 * 64), 'text with more than 5000 lines and entries'],
    [`a: ${'x'.repeat(1024 * 1024)}`, 'more than 256 KiB of text'],
    ['%TAG !a! tag:x\n---\na: !a!b c', 'YAML with a %TAG directive'],
  ] as const) {
    for (const name of ['talosconfig', 'kubeconfig'] as const) {
      const parsed = await parse({ [name]: given });
      assert.deepEqual(parsed.ok ? [] : parsed.error.map((problem) => [problem.input, problem.got]), [
        [name, `${got}, from the input`],
      ]);
    }
  }
});

test('an object with many aliases is searched once, and its secrets are found', () => {
  const shared = `x: &x {password: hunter22}\n${laughs('[', () => '', ']')}\nlast: [*x, *x, *a9]\n`;
  assert.deepEqual(secretsOf(shared), ['hunter22']);
  const folded = `x: &x\n  key: "hunter\\\n    22222"\n${laughs('{', (index) => `k${index}: `, '}')}\nlast: {a: {b: {c: {d: {e: {f: {g: {h: {i: *x}}}}}}}}}\n`;
  assert.deepEqual(secretsOf(folded), ['hunter22222']);
});

test('all secrets of a large kubeconfig are found', () => {
  const users = lines(
    40,
    (index) =>
      `- name: user-${index}\n  user:\n    token: token-of-${index}\n    client-key-data: ${base64(`-----BEGIN PRIVATE KEY-----\n${String(index).padStart(40, 'k')}\n-----END PRIVATE KEY-----\n`)}`,
  );
  const secrets = secretsOf(`clusters: []\nusers:\n${users}\n${text}`);
  for (let index = 0; index < 40; index += 1) {
    assert.ok(secrets.includes(`token-of-${index}`) && secrets.includes(String(index).padStart(40, 'k')), `${index}`);
  }
});
