import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { catalogue } from '../../src/gate/catalogue.ts';
import { parseOptions } from '../../src/inputs/options.ts';
import type { RawInputs } from '../../src/inputs/table.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { base64, createIdentity, talosconfig } from '../credentials/certificates.ts';
import { forever, plain } from '../credentials/service-account/vectors.ts';

const identity = createIdentity();
const keyOf = (name: string, armored = plain.armored): string => base64(JSON.stringify({ name, pgp_key: armored }));
const omni = talosconfig(identity, {
  ca: undefined,
  crt: undefined,
  key: undefined,
  endpoints: '[https://omni.example.com]',
  cluster: 'prod',
  auth: '{ siderov1: { identity: me@example.com } }',
});
const direct = { endpoints: 'https://omni.example.com:8443', cluster: 'prod', talosconfig: '' };
const folder = temporaryFolder();

const masked: string[] = [];

const parse = (raw: RawInputs, env: Readonly<Record<string, string>> = {}) =>
  parseOptions(raw, { env, readFile, homedir: () => folder, mask: (secrets) => masked.push(...secrets()) }, catalogue);

async function credentialsOf(raw: RawInputs, env?: Readonly<Record<string, string>>) {
  const parsed = await parse(raw, env);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  const { credentials } = parsed.value.context;
  assert.ok(credentials.kind === 'service-account');
  const { account, ...rest } = credentials;
  return { ...rest, name: account.name, endpoints: parsed.value.endpoints };
}

async function problemsOf(raw: RawInputs, env?: Readonly<Record<string, string>>) {
  const parsed = await parse(raw, env);
  return parsed.ok ? [] : parsed.error.map(({ input, got }) => `${input}: ${got}`);
}

const account = { kind: 'service-account', cluster: 'prod', name: 'ci' };

test('a context of Omni and a key are credentials; the port is 443', async () => {
  const raw = { talosconfig: omni, 'omni-service-account-key': keyOf('ci') };
  assert.deepEqual(await credentialsOf(raw), { ...account, endpoints: [{ host: 'omni.example.com', port: 443 }] });
  assert.equal((await credentialsOf({ ...raw, cluster: 'staging' })).cluster, 'staging');
});

test('an endpoint, the name of the cluster and a key need no talosconfig', async () => {
  const raw = { ...direct, 'omni-service-account-key': keyOf('ci') };
  assert.deepEqual(await credentialsOf(raw), { ...account, endpoints: [{ host: 'omni.example.com', port: 8443 }] });
  const [bare] = (await credentialsOf({ ...raw, endpoints: 'omni.example.com' })).endpoints;
  assert.deepEqual(bare, { host: 'omni.example.com', port: 443 });
});

test('a context that is named is looked for in a talosconfig', async () => {
  const raw = { ...direct, context: 'cluster', 'omni-service-account-key': keyOf('ci') };
  assert.match((await problemsOf(raw)).join(), /^talosconfig: nothing, no environment variable TALOSCONFIG/);
  const env = { TALOSCONFIG: omni };
  assert.equal((await credentialsOf({ ...raw, context: '' }, env)).cluster, 'prod');
  assert.match((await problemsOf({ ...raw, context: 'nope' }, env)).join(), /^context: "nope"$/);
});

test('the key is that of the input, else of the environment in the order of talosctl', async () => {
  const env = { SIDERO_SERVICE_ACCOUNT_KEY: keyOf('sidero'), OMNI_SERVICE_ACCOUNT_KEY: keyOf('omni') };
  assert.equal((await credentialsOf({ ...direct, 'omni-service-account-key': keyOf('ci') }, env)).name, 'ci');
  assert.equal((await credentialsOf(direct, env)).name, 'sidero');
  assert.equal((await credentialsOf(direct, { ...env, SIDERO_SERVICE_ACCOUNT_KEY: ' ' })).name, 'omni');
});

test('the key is masked wherever it comes from: as it is, and the lines of the key in it', async () => {
  const line = plain.armored.split('\n')[3] ?? '';
  for (const [raw, env] of [
    [{ ...direct, 'omni-service-account-key': keyOf('one') }, {}],
    [direct, { OMNI_SERVICE_ACCOUNT_KEY: keyOf('two') }],
  ] as const) {
    masked.length = 0;
    await parse(raw, env);
    assert.ok(masked.includes('omni-service-account-key' in raw ? raw['omni-service-account-key'] : keyOf('two')));
    assert.ok(masked.includes(line));
  }
});

test('a key that cannot be read is a problem that names its source', async () => {
  const cut = keyOf('ci').slice(0, 400);
  assert.deepEqual(await problemsOf(direct, { SIDERO_SERVICE_ACCOUNT_KEY: cut }), [
    'omni-service-account-key: base64 of something that is not whole JSON, from the environment variable SIDERO_SERVICE_ACCOUNT_KEY',
  ]);
});

test('without a key, the problem names the service account and the login in a browser', async () => {
  const parsed = await parse({ talosconfig: omni });
  assert.ok(!parsed.ok);
  const [problem] = parsed.error;
  assert.equal(problem?.input, 'omni-service-account-key');
  assert.match(problem?.got ?? '', /SIDERO_SERVICE_ACCOUNT_KEY nor OMNI_SERVICE_ACCOUNT_KEY/);
  assert.match(problem?.hint ?? '', /omnictl serviceaccount create .*~\/\.talos\/keys/);
});

test('the name of the cluster has to be given by somebody, and to be one word', async () => {
  const key = { 'omni-service-account-key': keyOf('ci') };
  const unnamed = omni.replace('    cluster: prod\n', '');
  assert.deepEqual(await problemsOf({ talosconfig: unnamed, ...key }), [
    'cluster: none, and the context "prod" has none either',
  ]);
  assert.deepEqual(await problemsOf({ ...direct, ...key, cluster: 'a b' }), ['cluster: "a b"']);
});

test('certificates are used where a context has them, and a key beside them is named as not used', async () => {
  const parsed = await parse({ talosconfig: talosconfig(identity) }, { OMNI_SERVICE_ACCOUNT_KEY: keyOf('ci') });
  assert.ok(parsed.ok && parsed.value.context.credentials.kind === 'certificate');
  assert.equal(parsed.value.context.credentials.unused, 'service account key');
});

test('inputs of Omni beside a context with certificates are problems', async () => {
  const got = 'a value, and the context "prod" has a client certificate and its CA';
  const raw = { talosconfig: talosconfig(identity), cluster: 'prod', ca: identity.ca };
  assert.deepEqual(await problemsOf(raw), [`cluster: ${got}`, `ca: ${got}`]);
});

test('a CA is PEM, base64 of it, or a path', async () => {
  const raw = { ...direct, 'omni-service-account-key': keyOf('ci', forever) };
  const path = join(folder, 'ca.pem');
  writeFileSync(path, identity.ca);
  for (const ca of [identity.ca, base64(identity.ca), path]) {
    assert.equal((await credentialsOf({ ...raw, ca })).ca?.trim(), identity.ca.trim());
  }
  assert.deepEqual(await problemsOf({ ...raw, ca: 'missing.pem' }), [
    'ca: the path "missing.pem", which does not exist',
  ]);
  assert.deepEqual(await problemsOf({ ...raw, ca: identity.key }), ['ca: a private key']);
  assert.deepEqual(await problemsOf({ ...raw, ca: base64(identity.key) }), ['ca: a private key']);
});

test('a kubeconfig cannot come from the Talos API through Omni', async () => {
  const raw = { ...direct, 'omni-service-account-key': keyOf('ci'), kubernetes: 'required' };
  assert.deepEqual(await problemsOf(raw), ['kubernetes: "required", without either']);
});

test('an endpoint of Omni that is no address is a problem', async () => {
  const raw = { ...direct, endpoints: 'http://omni.example.com', 'omni-service-account-key': keyOf('ci') };
  assert.deepEqual(await problemsOf(raw), ['endpoints: "http://omni.example.com"']);
});
