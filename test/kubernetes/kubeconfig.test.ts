import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readKubeconfig } from '../../src/kubernetes/kubeconfig.ts';

interface Parts {
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly current?: string;
}

function kubeconfig({ cluster = {}, user = {}, current = 'admin@demo' }: Parts = {}): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'demo', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    users: [{ name: 'admin', user: { token: 'SECRET-TOKEN', ...user } }],
    contexts: [{ name: 'admin@demo', context: { cluster: 'demo', user: 'admin' } }],
    'current-context': current,
  });
}

test('the server and the user are those of the current context', () => {
  for (const author of ['user', 'node'] as const) {
    const { server, proxied, config } = readKubeconfig(kubeconfig(), author);
    assert.equal(server.origin, 'https://10.0.0.1:6443');
    assert.equal(proxied, false);
    assert.equal(config.getCurrentUser()?.token, 'SECRET-TOKEN');
  }
});

test('k8s-endpoint overrides the server as in talosctl', () => {
  const server = (endpoint: string): string => readKubeconfig(kubeconfig(), 'user', endpoint).server.origin;
  assert.equal(server('10.0.0.9'), 'https://10.0.0.9:6443');
  assert.equal(server('10.0.0.9:443'), 'https://10.0.0.9');
  assert.equal(server('https://api.example.org'), 'https://api.example.org:6443');
  assert.equal(server('https://api.example.org:8443/'), 'https://api.example.org:8443');
  assert.equal(server('fd00::1'), 'https://[fd00::1]:6443');
  assert.equal(server('[fd00::1]:7443'), 'https://[fd00::1]:7443');
});

test('commands, files and proxies are ignored in the kubeconfig of a node', () => {
  const text = kubeconfig({
    cluster: {
      'proxy-url': 'http://10.0.0.66:3128',
      'insecure-skip-tls-verify': true,
      'certificate-authority': '/etc/passwd',
    },
    user: {
      exec: { command: '/bin/sh' },
      'auth-provider': { name: 'exec', config: { exec: { command: '/bin/sh' } } },
      'token-file': '/etc/passwd',
      'client-key': '/etc/shadow',
      as: 'root',
      token: '',
    },
  });
  const { config, proxied } = readKubeconfig(text, 'node');
  assert.deepEqual(config.getCurrentUser(), { name: 'user' });
  assert.deepEqual(config.getCurrentCluster(), {
    name: 'cluster',
    server: 'https://10.0.0.1:6443',
    skipTLSVerify: false,
  });
  assert.equal(proxied, false);
});

test('the error of an invalid kubeconfig contains the reason and no secrets', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', 'the kubeconfig cannot be read: YAML with clusters, users and contexts, as kubectl has them, was expected'],
    [
      'users: [{name: "SECRET-TOKEN',
      'the kubeconfig cannot be read: YAML with clusters, users and contexts, as kubectl has them, was expected',
    ],
    [kubeconfig({ current: 'other' }), 'the kubeconfig has no cluster for its current context ("other")'],
    [kubeconfig({ current: '' }), 'the kubeconfig has no cluster for its current context (none)'],
    [kubeconfig({ cluster: { server: 'http://10.0.0.1' } }), 'the server of the kubeconfig is no https URL'],
    [kubeconfig({ cluster: { server: 'SECRET' } }), 'the server of the kubeconfig is no https URL'],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => readKubeconfig(text, 'user'), { message });
  }
  assert.throws(() => readKubeconfig('SECRET', 'node'), {
    message: 'the kubeconfig that the node gave cannot be read: it is text that is not a YAML mapping',
  });
  for (const text of ['{}', kubeconfig({ current: 'other' }), '{"contexts": 7, "clusters": "x"}']) {
    assert.throws(() => readKubeconfig(text, 'node'), { message: 'the server of the kubeconfig is no https URL' });
  }
});
