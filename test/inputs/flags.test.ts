import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlags } from '../../src/inputs/flags.ts';

const nothing = { order: { name: 'gate' }, help: false, version: false, raw: {}, problems: [] };

const understood: readonly (readonly [string, object])[] = [
  ['', {}],
  ['--wait-timeout 10m', { raw: { 'wait-timeout': '10m' } }],
  ['--wait-timeout=10m', { raw: { 'wait-timeout': '10m' } }],
  ['--wait-timeout 1m --wait-timeout 2m', { raw: { 'wait-timeout': '2m' } }],
  ['--wait-timeout -5s', { raw: { 'wait-timeout': '-5s' } }],
  ['--context=', { raw: { context: '' } }],
  ['--talosconfig a --context b', { raw: { talosconfig: 'a', context: 'b' } }],
  ['-e 10.0.0.1,10.0.0.2 -e=10.0.0.3 -e10.0.0.4', { raw: { endpoints: '10.0.0.1,10.0.0.2,10.0.0.3,10.0.0.4' } }],
  ['--endpoints a -n b --nodes c', { raw: { endpoints: 'a', nodes: 'b,c' } }],
  ['--control-plane-nodes a --init-node b', { raw: { 'control-plane-nodes': 'a,b' } }],
  ['--init-node=b', { raw: { 'control-plane-nodes': 'b' } }],
  ['--worker-nodes a --only-nodes b', { raw: { 'worker-nodes': 'a', 'only-nodes': 'b' } }],
  ['--summary', { raw: { summary: 'true' } }],
  ['--summary=false', { raw: { summary: 'false' } }],
  ['--summary=maybe', { raw: { summary: 'maybe' } }],
  ['--no-summary', { raw: { summary: 'false' } }],
  ['--no-summary demo', { order: { name: 'demo' }, raw: { summary: 'false' } }],
  ['--no-run-e2e', {}],
  ['--no-summary --summary', { raw: { summary: 'true' } }],
  ['-o json --quiet', { raw: { output: 'json', quiet: 'true' } }],
  ['--output=json --no-quiet', { raw: { output: 'json', quiet: 'false' } }],
  ['--junit-file junit.xml --log-lines 20', { raw: { 'junit-file': 'junit.xml', 'log-lines': '20' } }],
  ['--run-e2e=false', {}],
  ['--server', { raw: { mode: 'server' } }],
  ['--server=true', { raw: { mode: 'server' } }],
  ['--server=False', { raw: { mode: 'client' } }],
  ['--no-server', { raw: { mode: 'client' } }],
  ['--server=maybe', { raw: { mode: 'maybe' } }],
  ['--server --mode client', { raw: { mode: 'client' } }],
  ['--mode client --server', { raw: { mode: 'server' } }],
  ['--k8s-endpoint https://a:6443', { raw: { 'k8s-endpoint': 'https://a:6443' } }],
  ['--only-nodes worker-* --only-nodes cp-1', { raw: { 'only-nodes': 'worker-*,cp-1' } }],
  [
    '--expected-workers 3 --min-healthy-workers=80%',
    { raw: { 'expected-workers': '3', 'min-healthy-workers': '80%' } },
  ],
  ['-h', { help: true }],
  ['--help', { help: true }],
  ['-V', { version: true }],
  ['--version', { version: true }],
  ['demo', { order: { name: 'demo' } }],
  ['demo --scenario lost-quorum', { order: { name: 'demo' }, scenario: 'lost-quorum' }],
  [
    '--scenario=lost-quorum demo --wait-timeout 1m',
    { order: { name: 'demo' }, scenario: 'lost-quorum', raw: { 'wait-timeout': '1m' } },
  ],
  [
    'preflight --to 1.14.2 --kubernetes-to=v1.36.1',
    { order: { name: 'preflight' }, raw: { 'upgrade-to': '1.14.2', 'upgrade-kubernetes-to': 'v1.36.1' } },
  ],
  [
    'safe-to-reboot worker-2 10.0.1.3 --wait-timeout 1m',
    {
      order: { name: 'safe-to-reboot', nodes: ['worker-2', '10.0.1.3'] },
      raw: { 'safe-to-reboot': 'worker-2,10.0.1.3', 'wait-timeout': '1m' },
    },
  ],
  ['checks -o json', { order: { name: 'checks' }, raw: { output: 'json' } }],
  ['explain etcd-quorum', { order: { name: 'explain', check: 'etcd-quorum' } }],
  ['-- kubectl get nodes -o json', { command: ['kubectl', 'get', 'nodes', '-o', 'json'] }],
  [
    '--after -e a -- make --help -- x',
    { raw: { after: 'true', endpoints: 'a' }, command: ['make', '--help', '--', 'x'] },
  ],
  ['demo -- true', { order: { name: 'demo' }, command: ['true'] }],
];

for (const [line, parts] of understood) {
  test(`"${line}" is parsed`, () => {
    assert.deepEqual(parseFlags(line.split(' ').filter(Boolean)), { ...nothing, ...parts });
  });
}

const unknown = { expected: '', got: 'unknown flag' };
const lists = 'talos-health --help lists the flags';
const leftOut = 'it to be left out';
const words = 'flags, or one of the commands preflight, safe-to-reboot, demo, checks and explain';

const refused: readonly (readonly [string, readonly object[]])[] = [
  ['--enpoints=a', [{ input: '--enpoints', ...unknown, hint: 'did you mean --endpoints?' }]],
  ['--timeout=5m', [{ input: '--timeout', ...unknown, hint: 'did you mean --wait-timeout?' }]],
  ['--no-context', [{ input: '--no-context', ...unknown, hint: lists }]],
  ['--constructor', [{ input: '--constructor', ...unknown, hint: lists }]],
  ['--__proto__=x', [{ input: '--__proto__', ...unknown, hint: lists }]],
  ['-x', [{ input: '-x', ...unknown, hint: lists }]],
  ['-xh', [{ input: '-xh', ...unknown, hint: lists }]],
  ['-timeout=5m', [{ input: '-timeout', ...unknown, hint: 'did you mean --wait-timeout?' }]],
  ['-context prod', [{ input: '-context', ...unknown, hint: 'did you mean --context?' }]],
  ['--no-sumary', [{ input: '--no-sumary', ...unknown, hint: 'did you mean --no-summary?' }]],
  [
    '--no-summary=false',
    [{ input: '--no-summary', expected: 'no value', got: '"false"', hint: 'write --summary=BOOL' }],
  ],
  [
    '--enpoints a --contxt b',
    [
      { input: '--enpoints', ...unknown, hint: 'did you mean --endpoints?' },
      { input: '--contxt', ...unknown, hint: 'did you mean --context?' },
    ],
  ],
  ['--a::b', [{ input: '"--a::b"', ...unknown, hint: lists }]],
  ['--endpoints', [{ input: '--endpoints', expected: 'a value', got: 'nothing', hint: 'write --endpoints=VALUE' }]],
  [
    '--talosconfig --context prod',
    [{ input: '--talosconfig', expected: 'a value', got: 'the flag "--context"', hint: 'write --talosconfig=VALUE' }],
  ],
  [
    '--endpoints --summary',
    [{ input: '--endpoints', expected: 'a value', got: 'the flag "--summary"', hint: 'write --endpoints=VALUE' }],
  ],
  [
    '--run-e2e=true --siderov1-keys-dir k',
    [
      {
        input: '--run-e2e',
        expected: leftOut,
        got: 'a flag of talosctl that does not apply: the gate runs no end-to-end tests',
      },
      {
        input: '--siderov1-keys-dir',
        expected: leftOut,
        got: 'a flag of talosctl that does not apply: of Sidero Omni, the gate uses service accounts, not keys of a login in a browser',
      },
    ],
  ],
  [
    'health',
    [{ input: 'arguments', expected: words, got: '"health"', hint: 'leave it out: the gate needs no command' }],
  ],
  [
    'health --run-e2e',
    [
      { input: 'arguments', expected: words, got: '"health"', hint: 'leave it out: the gate needs no command' },
      {
        input: '--run-e2e',
        expected: leftOut,
        got: 'a flag of talosctl that does not apply: the gate runs no end-to-end tests',
      },
    ],
  ],
  [
    '--summary false',
    [
      {
        input: 'arguments',
        expected: words,
        got: '"false"',
        hint: 'write the value of a boolean flag after an equals sign: --summary=false',
      },
    ],
  ],
  ['demo again', [{ input: 'arguments', expected: words, got: '"again"', hint: lists }]],
  ['chekcs', [{ input: 'arguments', expected: words, got: '"chekcs"', hint: 'did you mean checks?' }]],
  [
    'explain',
    [
      {
        input: 'arguments',
        expected: 'the id of a check after explain',
        got: 'nothing',
        hint: 'talos-health checks lists them',
      },
    ],
  ],
  ['explain disk memory', [{ input: 'arguments', expected: words, got: '"memory"', hint: lists }]],
  [
    '--after --',
    [
      {
        input: 'arguments',
        expected: 'a command after --',
        got: 'nothing',
        hint: 'talos-health [flags] -- COMMAND ARG...',
      },
    ],
  ],
  ['checks -- true', [{ input: 'arguments', expected: 'checks without a command', got: 'a command after --' }]],
  [
    '--scenario x',
    [
      {
        input: '--scenario',
        expected: 'the word demo before it',
        got: 'a scenario for a real cluster',
        hint: 'talos-health demo --scenario NAME',
      },
    ],
  ],
];

for (const [line, problems] of refused) {
  test(`"${line}" is refused`, () => {
    assert.deepEqual(parseFlags(line.split(' ')).problems, problems);
  });
}

for (const line of [
  '--enpoints 10.0.0.1',
  '--enpoints 10.0.0.1 10.0.0.2',
  '--enpoints=10.0.0.1 10.0.0.2',
  '--enpoints demo --scenario healthy',
  '--enpoints explain disk',
  'explain --enpoints',
  'checks --enpoints -- true',
]) {
  test(`"${line}": an unknown flag is the only problem, because an argument may be its value`, () => {
    assert.deepEqual(parseFlags(line.split(' ')).problems, [
      { input: '--enpoints', ...unknown, hint: 'did you mean --endpoints?' },
    ]);
  });
}

test('an input of the action only is named as such, without its value', () => {
  const hint = 'it is an input of the action only: talos-health --help says what is used here';
  const input = '--omni-service-account-key';
  assert.deepEqual(parseFlags([`${input}=eyJuYW1lIjoiY2kifQ==`]).problems, [{ ...unknown, input, hint }]);
});

test('an unknown flag is shown without its value, and one that looks like a key is not shown', () => {
  const inputOf = (arg: string) => parseFlags([arg]).problems.map(({ input }) => input);
  assert.deepEqual(inputOf('--token=secret'), ['--token']);
  assert.deepEqual(inputOf('-zLS0tLS1CRUdJTiBDRVJUSUZJQ0FURS'), ['a value of 32 characters that is not shown']);
});

/** All flags of `talosctl health --help` 1.13 and 1.14, including global flags and letters. */
const ofTalosctl: readonly (readonly [flag: string, problem: string | undefined])[] = [
  ['--cluster=c', undefined],
  ['-c=c', undefined],
  ['--context=prod', undefined],
  ['--control-plane-nodes=10.0.0.1', undefined],
  ['--endpoints=10.0.0.1', undefined],
  ['-e=10.0.0.1', undefined],
  ['--help', undefined],
  ['-h', undefined],
  ['--init-node=10.0.0.1', undefined],
  ['--k8s-endpoint=https://10.0.0.1:6443', undefined],
  ['--nodes=10.0.0.1', undefined],
  ['-n=10.0.0.1', undefined],
  ['--run-e2e', 'the gate runs no end-to-end tests'],
  ['--server', undefined],
  ['--siderov1-keys-dir=/keys', 'of Sidero Omni, the gate uses service accounts, not keys of a login in a browser'],
  ['--talosconfig=/config', undefined],
  ['--wait-timeout=20m', undefined],
  ['--worker-nodes=10.0.0.4', undefined],
];

for (const [flag, why] of ofTalosctl) {
  test(`talosctl health ${flag} is ${why === undefined ? 'accepted' : 'refused with the reason'}`, () => {
    const got = `a flag of talosctl that does not apply: ${why}`;
    const input = flag.replace(/=.*/, '');
    assert.deepEqual(parseFlags([flag]).problems, why === undefined ? [] : [{ input, expected: leftOut, got }]);
  });
}
