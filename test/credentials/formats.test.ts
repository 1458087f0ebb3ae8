import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { forms } from '../../src/credentials/formats/table.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { masked, optionsOf, parse, problemsOf } from '../inputs/parse.ts';
import { base64, createIdentity, talosconfig } from './certificates.ts';

const folder = temporaryFolder();

const identity = createIdentity();
const text = talosconfig(identity);
const keyLine = identity.key.split('\n')[1] ?? '';
const wrap = (encoded: string) => encoded.replace(/(.{76})/g, '$1\n');
const indent = (lines: string, by = '  ') => lines.replace(/^(?=.)/gm, by);
const secret = (fields: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, ...fields });

/** Readable forms of the talosconfig above, by their id. */
const readable: readonly (readonly [string, string, string | Buffer])[] = [
  ['base64', 'base64', base64(text)],
  ['base64', 'wrapped base64', wrap(base64(text))],
  ['base64', 'base64 of base64', base64(base64(text))],
  ['base64', 'base64 of wrapped base64', base64(wrap(base64(text)))],
  ['base64', 'base64 of a gzip file', gzipSync(text).toString('base64')],
  ['base64', 'base64 of UTF-16', Buffer.from(text, 'utf16le').toString('base64')],
  ['quotes', 'a JSON string', JSON.stringify(text)],
  ['quotes', 'single quotes', `'${text}'`],
  ['quotes', 'quotes around base64', `"${base64(text)}"`],
  ['escapes', 'escaped line breaks', text.trim().replaceAll('\n', '\\n')],
  ['escapes', 'escaped Windows line breaks', text.trim().replaceAll('\n', '\\r\\n')],
  ['indentation', 'an indented block without its first blanks', indent(text).trim()],
  [
    'indentation',
    'an indented block that starts with contexts',
    indent(`${text.replace('context: prod\n', '')}context: prod`).trim(),
  ],
  ['kubernetes-secret', 'stringData', secret({ stringData: { talosconfig: text } })],
  ['kubernetes-secret', 'data', secret({ data: { talosconfig: base64(text) } })],
  [
    'kubernetes-secret',
    "the Secret of Talos's ServiceAccount",
    `kind: Secret\napiVersion: v1\ndata:\n  config: ${base64(text)}\n`,
  ],
  [
    'kubernetes-secret',
    'a block of text',
    `kind: Secret\nstringData:\n  other: x\n  talosconfig: |\n${indent(text, '    ')}`,
  ],
  [
    'kubernetes-secret',
    'a list with one that has it',
    `{"kind": "List", "items": [${secret({ data: {} })}, ${secret({ data: { talosconfig: base64(text) } })}]}`,
  ],
  ['kubernetes-secret', 'base64 of a Secret', base64(secret({ stringData: { talosconfig: text } }))],
  ['kubernetes-secret', 'gzip in a Secret', secret({ data: { config: base64(gzipSync(text).toString('base64')) } })],
  [
    'kubernetes-secret',
    'one among many Secrets',
    `{"kind": "List", "items": [${Array.from({ length: 60 }, (_, index) => secret({ data: { other: base64(`a: b${index}\n`.repeat(9)) } }))}, ${secret({ data: { talosconfig: base64(text) } })}]}`,
  ],
  ['terraform-output', 'a heredoc', `<<EOT\n${text}\nEOT`],
  [
    'terraform-output',
    'a named heredoc among others',
    `other = <<EOT\nfoo\nEOT\ntalosconfig = <<-EOT\n${indent(text)}EOT\nkubeconfig = <sensitive>\n`,
  ],
  ['terraform-output', 'the only heredoc', `cluster = <<EOT\n${text}EOT\n`],
  ['terraform-output', 'a string', `talosconfig = "${base64(text)}"`],
  [
    'terraform-output',
    '-json without a name',
    JSON.stringify({
      kubeconfig: { sensitive: true, value: 'x' },
      talosconfig: { sensitive: true, type: 'string', value: text },
    }),
  ],
  ['field', 'an object with value', JSON.stringify({ value: text })],
  ['field', 'a block under its name', `talosconfig: |\n${indent(text)}`],
  [
    'field',
    'an object of an output',
    JSON.stringify({ client_configuration: { client_key: base64(identity.key) }, talos_config: text }),
  ],
];

/** Texts with secrets that are not a talosconfig. */
const pem = identity.key;
const unreadable: Readonly<Record<string, readonly (string | Buffer)[]>> = {
  sops: [
    `contexts:\n  a:\n    key: ENC[AES256_GCM,data:${base64(pem)},iv:x]\nsops:\n  version: 3.9.0\n`,
    JSON.stringify({ data: `ENC[AES256_GCM,data:${base64(pem)}]`, sops: {} }),
  ],
  age: [
    `-----BEGIN AGE ENCRYPTED FILE-----\n${wrap(base64(pem))}\n-----END AGE ENCRYPTED FILE-----`,
    Buffer.from(`age-encryption.org/v1\n-> X25519 ${keyLine}\n\xff\xfe\0`, 'latin1'),
  ],
  'ansible-vault': [
    `$ANSIBLE_VAULT;1.1;AES256\n${Buffer.from(pem).toString('hex')}`,
    `talosconfig: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  ${Buffer.from(pem).toString('hex')}`,
  ],
  'git-crypt': [Buffer.from(`\0GITCRYPT\0${pem}\xff`, 'latin1')],
  pgp: [`-----BEGIN PGP MESSAGE-----\n\n${wrap(base64(pem))}\n-----END PGP MESSAGE-----`],
  openssl: [`U2FsdGVkX1${base64(pem)}`, Buffer.from(`Salted__${pem}`)],
  'sealed-secret': [
    `apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec:\n  encryptedData:\n    talosconfig: ${base64(pem)}`,
  ],
  'git-lfs': ['version https://git-lfs.github.com/spec/v1\noid sha256:0123456789abcdef\nsize 12'],
  binary: [Buffer.from(`\x01\x02${pem}\xff`, 'latin1')],
  expression: [`$${'{{ secrets.TALOSCONFIG }}'}`, 'secrets.TALOSCONFIG'],
  template: ['{{ .Values.talosconfig }}', '{{ op://vault/talos/config }}', '<path:secret/data/talos#config>'],
  variable: ['$TALOSCONFIG', `$\{TALOSCONFIG}`, '%TALOSCONFIG%', `$(echo ${keyLine})`],
  '1password': ['op://vault/talos cluster/config'],
  vault: ['vault:secret/data/talos#config', '>>vault:secret/data/talos#config'],
  vals: ['ref+vault://secret/talos#/config', 'ref+awsssm://talos/config'],
  'cloud-secret': ['arn:aws:secretsmanager:eu-west-1:1234:secret:talos', 'projects/one/secrets/talos/versions/latest'],
  url: [`https://user:${keyLine}@example.org/talosconfig`, 'file:///home/me/.talos/config'],
  'kubernetes-secret': [
    secret({ data: { 'tls.key': base64(pem) } }),
    `kind: List\nitems: [${secret({ data: { config: base64(text) } })}, ${secret({ stringData: { talosconfig: text } })}]`,
  ],
  'terraform-output': [
    'talosconfig = <sensitive>',
    `a = <<EOT\n${text}EOT\nb = <<EOT\n${text}EOT`,
    JSON.stringify({ a: { sensitive: true, value: text }, b: { sensitive: true, value: text } }),
  ],
  'client-configuration': [
    JSON.stringify({
      ca_certificate: base64(identity.ca),
      client_certificate: base64(identity.crt),
      client_key: base64(pem),
    }),
  ],
  kubeconfig: [`clusters: []\ncontexts: []\nusers: [{user: {client-key-data: ${base64(pem)}}}]\n`],
  'machine-config': [
    `version: v1alpha1\nmachine:\n  token: abcdef.0123456789abcdef\n  ca: {key: ${base64(pem)}}\ncluster: {}\n`,
    `machine:\n  ca: {key: ${base64(pem)}}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\n`,
  ],
  'secrets-bundle': [
    `cluster: {id: a, secret: x}\nsecrets: {bootstraptoken: abcdef.0123456789abcdef}\ntrustdinfo: {token: abcdef.0123456789abcdef}\ncerts: {os: {crt: x, key: ${base64(pem)}}}\n`,
  ],
  'config-info': [
    'Current context:     prod\nNodes:               not defined\nEndpoints:           10.0.0.1\nRoles:               os:reader\n',
    '{"context": "prod", "certNotAfter": "2030-01-01T00:00:00Z"}',
  ],
};

async function asFile(content: string | Buffer): Promise<string> {
  const path = join(folder, `file-${Math.random()}`);
  await writeFile(path, content);
  return path;
}

/** A message contains no twelve consecutive characters of the input, except for its own text. */
function assertSilent(message: string, given: string, words = ''): void {
  for (const line of [keyLine, base64(pem), base64(text), given]) {
    for (let start = 0; start + 12 <= line.length; start += 1) {
      const part = line.slice(start, start + 12);
      assert.ok(words.includes(part) || !message.includes(part), message);
    }
  }
}

for (const [id, name, given] of readable) {
  test(`reads ${name}, as text and as a file`, async () => {
    for (const input of [given.toString(), await asFile(given)]) {
      masked.length = 0;
      const { context } = await optionsOf({ talosconfig: input.trim() });
      assert.deepEqual(context.endpoints, ['10.0.0.1', '10.0.0.2'], id);
      assert.ok(masked.includes(base64(identity.key)), 'the key as it stands in the talosconfig');
      assert.ok(masked.includes(keyLine), 'the line of the key');
    }
  });
}

test('the tests cover every form', () => {
  const tried = new Set([...readable.map(([id]) => id), ...Object.keys(unreadable), 'talosconfig']);
  assert.deepEqual(
    forms.map(({ id }) => id).filter((id) => !tried.has(id)),
    [],
  );
});

for (const [id, contents] of Object.entries(unreadable)) {
  test(`refuses ${id} with advice and without quoting it, as text and as a file`, async () => {
    const form = forms.find((one) => one.id === id);
    for (const content of contents) {
      const inputs = typeof content === 'string' ? [content, await asFile(content)] : [await asFile(content)];
      for (const talosconfig of inputs) {
        const [problem, ...others] = await problemsOf({ talosconfig });
        assert.deepEqual(others, []);
        assert.ok(form?.advice !== undefined && problem?.got.startsWith(`${form.name}, from `), problem?.got);
        assert.equal(problem?.hint, form.advice);
        const words = `${problem.expected} ${form.name} ${form.advice}`;
        const { expected, got, hint } = problem;
        assertSilent(`${expected} ${got} ${hint}`, content.toString('latin1'), words);
      }
    }
  });
}

test('a kubeconfig is read from the same forms', async () => {
  const kubeconfig = 'clusters: [{name: a, cluster: {server: "https://a:6443"}}]\nusers: []\n';
  for (const given of [
    secret({ data: { value: base64(kubeconfig) } }),
    `kubeconfig = <<EOT\n${kubeconfig}EOT`,
    base64(base64(kubeconfig)),
    JSON.stringify({ kubeconfig_raw: kubeconfig }),
  ]) {
    assert.equal((await optionsOf({ kubeconfig: given })).kubernetes.kubeconfig?.trim(), kubeconfig.trim());
  }
});

test('a path is read as a path, whatever its name', async () => {
  for (const path of ['talosconfig', 'secrets/vault/config', 'projects/a/secrets/b', 'op/vault']) {
    const [problem] = await problemsOf({ talosconfig: path });
    assert.match(problem?.got ?? '', /^the path ".*" in the input, which does not exist$/);
  }
});

test('a complaint contains no secrets if a form is truncated', async () => {
  const contents = [...readable.map(([, , content]) => content), ...Object.values(unreadable).flat()].map(String);
  for (const content of contents) {
    for (let parts = 1; parts < 12; parts += 1) {
      const cut = content.slice(0, Math.floor((content.length * parts) / 12));
      const parsed = await parse({ talosconfig: cut });
      if (!parsed.ok && !cut.startsWith('{{') && cut.length > 60) assertSilent(JSON.stringify(parsed.error), '');
    }
  }
});

test('the documentation lists every form', async () => {
  const page = await readFile('docs/troubleshooting.md', 'utf8');
  for (const { name, advice } of forms) {
    assert.ok(page.includes(`| ${name} |`), name);
    if (advice !== undefined) assert.ok(page.includes(advice), advice);
  }
});
