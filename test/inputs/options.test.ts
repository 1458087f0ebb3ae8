import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LocateIo } from '../../src/credentials/find-config.ts';
import { catalogue } from '../../src/gate/catalogue.ts';
import { parseOptions } from '../../src/inputs/options.ts';
import type { RawInputs } from '../../src/inputs/table.ts';
import { base64, createIdentity, talosconfig } from '../credentials/certificates.ts';

const identity = createIdentity();
const text = talosconfig(identity);
const masked: string[] = [];

const io: LocateIo = {
  env: {},
  readFile: () => Promise.reject(Object.assign(new Error('no file'), { code: 'ENOENT' })),
  homedir: () => '/home/me',
  mask: (secrets) => masked.push(...secrets()),
};

const context = {
  name: 'prod',
  endpoints: ['10.0.0.1', '10.0.0.2'],
  nodes: [],
  credentials: {
    kind: 'certificate',
    ca: identity.ca,
    crt: identity.crt,
    key: identity.key.replaceAll('ED25519 PRIVATE', 'PRIVATE'),
  },
};

const defaults = {
  mode: 'client',
  profile: 'default',
  kubernetes: { use: 'auto' },
  policies: new Map(),
  ignoreDiagnostics: [],
  cordoned: 'fail',
  expected: {},
  certificate: { minDays: 14, expiry: 'warn' },
  contextName: 'prod',
  context,
  endpoints: [
    { host: '10.0.0.1', port: 50_000 },
    { host: '10.0.0.2', port: 50_000 },
  ],
  controlPlaneNodes: [],
  workerNodes: [],
  nodes: [],
  onlyNodes: [],
  waitTimeout: 600_000,
  retryInterval: 5_000,
  rpcTimeout: 5_000,
  title: '',
  summary: true,
  output: 'text',
  logLines: 0,
  stableFor: 0,
};

const valid: readonly (readonly [string, RawInputs, object])[] = [
  ['nothing but a talosconfig', {}, {}],
  ['empty inputs', { 'wait-timeout': '', endpoints: ' ', summary: '', 'report-file': '' }, {}],
  ['durations', { 'wait-timeout': '0', 'retry-interval': '10ms' }, { waitTimeout: 0, retryInterval: 10 }],
  ['a title', { title: ' prod, eu ' }, { title: 'prod, eu' }],
  ['booleans', { summary: 'False' }, { summary: false }],
  ['a file for JUnit', { 'junit-file': ' out/junit.xml ' }, { junitFile: 'out/junit.xml' }],
  ['lines of logs', { 'log-lines': ' 20 ' }, { logLines: 20 }],
  ['how to show things', { output: 'json', quiet: 'true' }, { output: 'json' }],
  ['a file for the report', { 'report-file': ' out/report.json ' }, { reportFile: 'out/report.json' }],
  [
    'endpoints, each once',
    { endpoints: '10.0.0.1, [::1]:50001\n10.0.0.1:50000\t0:0:0:0:0:0:0:1,, ::ffff:10.0.0.1' },
    {
      endpoints: [
        { host: '10.0.0.1', port: 50_000 },
        { host: '::1', port: 50_001 },
        { host: '::1', port: 50_000 },
      ],
    },
  ],
  [
    'lists of nodes',
    {
      'control-plane-nodes': '10.0.0.1,10.0.0.2:50000',
      'worker-nodes': '10.0.0.3\n10.0.0.3\nWorker-4',
      nodes: '10.0.0.1',
      'only-nodes': 'worker-4',
    },
    {
      controlPlaneNodes: ['10.0.0.1', '10.0.0.2'],
      workerNodes: ['10.0.0.3', 'worker-4'],
      nodes: ['10.0.0.1'],
      onlyNodes: ['worker-4'],
    },
  ],
];

for (const [name, raw, options] of valid) {
  test(`${name}: the options are as expected`, async () => {
    const parsed = await parseOptions({ talosconfig: text, ...raw }, io, catalogue);
    assert.deepEqual(parsed, { ok: true, value: { ...defaults, ...options } });
  });
}

test('without given nodes, the nodes of the context are used', async () => {
  const withNodes = talosconfig(identity, { nodes: '[10.0.0.5]' });
  const nodesOf = async (raw: RawInputs) => {
    const parsed = await parseOptions({ talosconfig: withNodes, ...raw }, io, catalogue);
    return parsed.ok ? parsed.value.nodes : parsed.error;
  };
  assert.deepEqual(await nodesOf({}), ['10.0.0.5']);
  assert.deepEqual(await nodesOf({ nodes: '10.0.0.6' }), ['10.0.0.6']);
});

test('the secrets of the talosconfig are masked, whatever its source', async () => {
  masked.length = 0;
  await parseOptions({ talosconfig: '~/talosconfig' }, { ...io, readFile: async () => Buffer.from(text) }, catalogue);
  assert.ok(masked.includes(base64(identity.key)));
});

test('all problems are reported at once, including those of the talosconfig', async () => {
  const raw = {
    talosconfig: talosconfig(identity, { crt: undefined, key: undefined }),
    endpoints: '10.0.0.256',
    'control-plane-nodes': '10.0.0.1 10.0.0.2:6443',
    'worker-nodes': '10.0.0.3 ::ffff:10.0.0.1',
    'wait-timeout': '600',
    'retry-interval': '0',
    'rpc-timeout': '-5s',
    summary: 'yes',
    'log-lines': '1001',
    output: 'JSON',
    quiet: 'on',
  };
  const duration = 'a duration such as 10m, 1h30m or 90s, from 10ms to 576h';
  const node = 'a host name or an IP address without a port, such as 10.0.0.1 or fd00::1';
  assert.deepEqual(await parseOptions(raw, io, catalogue), {
    ok: false,
    error: [
      {
        input: 'talosconfig',
        expected: 'crt to be base64 of a PEM certificate',
        got: 'no crt in the context "prod", from the input (text)',
      },
      {
        input: 'talosconfig',
        expected: 'key to be base64 of a PEM private key',
        got: 'no key in the context "prod", from the input (text)',
      },
      {
        input: 'endpoints',
        expected: 'a host name or an IP address, with or without a port, such as 10.0.0.1 or [fd00::1]:50000',
        got: '"10.0.0.256"',
      },
      {
        input: 'control-plane-nodes',
        expected: node,
        got: '"10.0.0.2:6443"',
        hint: 'leave out :6443: the endpoint asks every node on port 50000',
      },
      {
        input: 'worker-nodes',
        expected: 'nodes that are not in control-plane-nodes',
        got: '"10.0.0.1"',
        hint: 'a node is in one list: control planes run workloads too',
      },
      {
        input: 'wait-timeout',
        expected: 'a duration such as 10m, 1h30m or 90s, from 0s to 576h',
        got: '"600"',
        hint: 'did you mean 600s?',
      },
      { input: 'retry-interval', expected: duration, got: '"0"' },
      { input: 'rpc-timeout', expected: duration, got: '"-5s"' },
      { input: 'summary', expected: 'true or false', got: '"yes"', hint: 'did you mean true?' },
      { input: 'log-lines', expected: 'a whole number from 0 to 1000', got: '"1001"' },
      { input: 'output', expected: 'text or json', got: '"JSON"', hint: 'did you mean json?' },
      { input: 'quiet', expected: 'true or false', got: '"on"', hint: 'did you mean true?' },
    ],
  });
});

test('a stable-for longer than the wait is a problem', async () => {
  const talosconfigText = { talosconfig: base64(text) };
  assert.deepEqual(
    await parseOptions({ ...talosconfigText, 'wait-timeout': '1m', 'stable-for': '90s' }, io, catalogue),
    {
      ok: false,
      error: [{ input: 'stable-for', expected: 'at most wait-timeout, which is 1m', got: '"90s"' }],
    },
  );
  assert.deepEqual(await parseOptions({ ...talosconfigText, 'wait-timeout': '0', 'stable-for': '1s' }, io, catalogue), {
    ok: false,
    error: [
      {
        input: 'stable-for',
        expected: 'at most wait-timeout, which is 0s',
        got: '"1s"',
        hint: 'one look cannot tell whether it stays so: give a wait-timeout',
      },
    ],
  });
});

test('a context that does not exist is a problem of the input context', async () => {
  assert.deepEqual(await parseOptions({ talosconfig: base64(text), context: 'prd' }, io, catalogue), {
    ok: false,
    error: [
      {
        input: 'context',
        expected: 'the name of a context of the talosconfig ("prod")',
        got: '"prd"',
        hint: 'did you mean "prod"?',
      },
    ],
  });
});

test('without any endpoint there is one problem', async () => {
  const talosconfigOnly = { talosconfig: talosconfig(identity, { endpoints: undefined }) };
  assert.deepEqual(await parseOptions(talosconfigOnly, io, catalogue), {
    ok: false,
    error: [
      {
        input: 'endpoints',
        expected: 'at least one control plane node, such as 10.0.0.1',
        got: 'none, and the context "prod" has none either',
      },
    ],
  });
});

test('endpoints of the talosconfig are validated, unless others are given', async () => {
  const withTypo = talosconfig(identity, { endpoints: '[10.0.0.256]' });
  assert.deepEqual(await parseOptions({ talosconfig: withTypo }, io, catalogue), {
    ok: false,
    error: [
      {
        input: 'talosconfig',
        expected: 'a host name or an IP address, with or without a port, such as 10.0.0.1 or [fd00::1]:50000',
        got: '"10.0.0.256"',
      },
    ],
  });
  assert.equal((await parseOptions({ talosconfig: withTypo, endpoints: '10.0.0.1' }, io, catalogue)).ok, true);
});

test('without a talosconfig there is one problem, and none about endpoints', async () => {
  const parsed = await parseOptions({}, io, catalogue);
  assert.deepEqual(parsed.ok ? [] : parsed.error.map(({ input }) => input), ['talosconfig']);
});
