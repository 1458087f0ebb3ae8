import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Authority } from '../../sim/pki/authority.ts';
import { secretsOfInput } from '../../src/credentials/secrets.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { base64, createIdentity, talosconfig } from '../credentials/certificates.ts';
import { masked, optionsOf, problemsOf } from './parse.ts';

const folder = temporaryFolder();

const identity = createIdentity();
const key = base64(identity.key);
const kubeconfig = [
  'apiVersion: v1',
  'kind: Config',
  'clusters: [{ name: demo, cluster: { server: https://10.0.0.1:6443 } }]',
  'users:',
  '  - name: admin',
  '    user:',
  `      client-key-data: ${key}`,
  '      token: short.token',
  '      password: hunter22',
  '  - name: plugin',
  '    user:',
  '      exec: { command: login, env: [{ name: API_SECRET, value: from-env }, { name: REGION, value: eu-west-1 }] }',
  '      auth-provider: { config: { access-token: "tok-1", id-token: tok-22, refresh-token: tok-333 } }',
  '',
].join('\n');

function administrator(): string {
  const authority = new Authority('talos', Date.now);
  const { certificate, privateKey } = authority.client(['os:admin'], 'valid');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return talosconfig({ ca: authority.certificate, crt: certificate, key: pem });
}

test('by default, the Kubernetes API is used if there is access', async () => {
  assert.deepEqual((await optionsOf({})).kubernetes, { use: 'auto' });
});

for (const [name, given] of [
  ['text', kubeconfig],
  ['base64', base64(kubeconfig)],
] as const) {
  test(`a kubeconfig as ${name} is read`, async () => {
    const raw = { kubeconfig: given, kubernetes: 'required', 'k8s-endpoint': 'https://10.0.0.9:6443' };
    assert.deepEqual((await optionsOf(raw)).kubernetes, {
      use: 'required',
      kubeconfig: kubeconfig.trim() === given.trim() ? kubeconfig.trim() : kubeconfig,
      endpoint: 'https://10.0.0.9:6443',
    });
  });
}

test('a kubeconfig in a file is read', async () => {
  const path = join(folder, 'kubeconfig');
  await writeFile(path, kubeconfig);
  assert.deepEqual((await optionsOf({ kubeconfig: path })).kubernetes, { use: 'auto', kubeconfig });
});

test('only the keys, tokens and passwords of a kubeconfig are masked', async () => {
  masked.length = 0;
  await optionsOf({ kubeconfig });
  const lines = identity.key.split('\n').slice(1, -2);
  const secrets = [key, ...lines, 'short.token', 'hunter22', 'from-env', 'tok-1', 'tok-22', 'tok-333'];
  for (const secret of secrets) assert.ok(masked.includes(secret), secret);
  for (const open of ['eu-west-1', 'admin', 'demo', 'https://10.0.0.1:6443']) assert.ok(!masked.includes(open), open);
});

test('secrets are found in invalid YAML', () => {
  const mangled = kubeconfig.replaceAll('\n', ' ').replace('clusters: [', 'clusters: [[');
  const secrets = secretsOfInput(mangled);
  for (const secret of [key, 'hunter22'])
    assert.ok(
      secrets.some((one) => one.startsWith(secret)),
      secret,
    );
});

test('kubernetes: required without access is a problem', async () => {
  assert.deepEqual(await problemsOf({ kubernetes: 'required' }), [
    {
      input: 'kubernetes',
      expected: 'a way to the Kubernetes API: a kubeconfig, or a talosconfig whose role is os:admin',
      got: '"required", without either',
      hint: 'give a kubeconfig, or let kubernetes be auto',
    },
  ]);
  const raw = { kubernetes: 'required', talosconfig: administrator() };
  assert.deepEqual((await optionsOf(raw)).kubernetes, { use: 'required' });
});

const expected = 'a kubeconfig: one YAML document with clusters';
const obtain = 'use the file that talosctl kubeconfig wrote';

test('an invalid kubeconfig is a problem that does not quote it', async () => {
  const problem = async (given: string) => problemsOf({ kubeconfig: given });
  assert.deepEqual(await problem(talosconfig(identity)), [
    {
      input: 'kubeconfig',
      expected: 'the text of a kubeconfig, base64 of it, or the path of a file with it',
      got: 'a talosconfig, from the input',
      hint: obtain,
    },
  ]);
  assert.deepEqual(await problem('a: b'), [
    { input: 'kubeconfig', expected, got: 'YAML without a list of clusters, from the input (text)', hint: obtain },
  ]);
  assert.deepEqual(await problem('clusters: []'), [
    { input: 'kubeconfig', expected, got: 'a kubeconfig without any cluster, from the input (text)' },
  ]);
  assert.deepEqual(await problem('/nowhere/kubeconfig'), [
    {
      input: 'kubeconfig',
      expected: 'the text of a kubeconfig, base64 of it, or the path of a file with it',
      got: 'the path "/nowhere/kubeconfig" in the input, which does not exist',
    },
  ]);
});

test('k8s-endpoint is a host, with or without https:// and a port', async () => {
  for (const endpoint of ['10.0.0.9', 'https://api.example.com', 'https://[fd00::1]:6443/', 'api:443']) {
    assert.equal((await optionsOf({ 'k8s-endpoint': endpoint })).kubernetes.endpoint, endpoint);
  }
  assert.deepEqual(await problemsOf({ kubernetes: 'on', 'k8s-endpoint': 'http://10.0.0.9' }), [
    { input: 'kubernetes', expected: 'auto, required or off', got: '"on"' },
    {
      input: 'k8s-endpoint',
      expected: 'a host name or an IP address, with or without https:// and a port, such as https://10.0.0.1:6443',
      got: '"http://10.0.0.9"',
    },
  ]);
});
