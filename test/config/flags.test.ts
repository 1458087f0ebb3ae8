import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlags } from '../../src/config/flags.ts';

const nothing = { command: 'gate', help: false, version: false, raw: {}, problems: [] };

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
  ['--no-summary --summary', { raw: { summary: 'true' } }],
  ['-o json --quiet', { raw: { output: 'json', quiet: 'true' } }],
  ['--output=json --no-quiet', { raw: { output: 'json', quiet: 'false' } }],
  ['--junit-file junit.xml --log-lines 20', { raw: { 'junit-file': 'junit.xml', 'log-lines': '20' } }],
  ['--server=false --run-e2e=false', {}],
  ['-h', { help: true }],
  ['--help', { help: true }],
  ['-V', { version: true }],
  ['--version', { version: true }],
  ['demo', { command: 'demo' }],
  ['demo --scenario lost-quorum', { command: 'demo', scenario: 'lost-quorum' }],
  [
    '--scenario=lost-quorum demo --wait-timeout 1m',
    { command: 'demo', scenario: 'lost-quorum', raw: { 'wait-timeout': '1m' } },
  ],
];

for (const [line, parts] of understood) {
  test(`understands "${line}"`, () => {
    assert.deepEqual(parseFlags(line.split(' ').filter(Boolean)), { ...nothing, ...parts });
  });
}

const existing = { expected: 'a flag that exists', got: 'an unknown one' };
const lists = 'talos-health --help lists the flags';
const leftOut = 'it to be left out';
const words = 'flags, or the command demo first';

const refused: readonly (readonly [string, readonly object[]])[] = [
  ['--enpoints=a', [{ input: '--enpoints', ...existing, hint: 'did you mean --endpoints?' }]],
  ['--timeout=5m', [{ input: '--timeout', ...existing, hint: 'did you mean --wait-timeout?' }]],
  ['--no-context', [{ input: '--no-context', ...existing, hint: lists }]],
  ['--constructor', [{ input: '--constructor', ...existing, hint: lists }]],
  ['--__proto__=x', [{ input: '--__proto__', ...existing, hint: lists }]],
  ['-x', [{ input: '-x', ...existing, hint: lists }]],
  ['--a::b', [{ input: '"--a::b"', ...existing, hint: lists }]],
  ['--endpoints', [{ input: '--endpoints', expected: 'a value', got: 'nothing', hint: 'write --endpoints=VALUE' }]],
  [
    '--endpoints --summary',
    [{ input: '--endpoints', expected: 'a value', got: 'the flag "--summary"', hint: 'write --endpoints=VALUE' }],
  ],
  [
    '--server',
    [
      {
        input: '--server',
        expected: leftOut,
        got: 'a flag of talosctl that does not apply: the gate asks the nodes itself, as --server=false does',
      },
    ],
  ],
  [
    '--run-e2e=true --k8s-endpoint https://a:6443 --cluster c',
    [
      {
        input: '--run-e2e',
        expected: leftOut,
        got: 'a flag of talosctl that does not apply: the gate runs no end-to-end tests',
      },
      {
        input: '--k8s-endpoint',
        expected: leftOut,
        got: 'a flag of talosctl that does not apply: the gate asks the Talos API only',
      },
      {
        input: '--cluster',
        expected: leftOut,
        got: 'a flag of talosctl that does not apply: the gate asks one cluster, through its own endpoints',
      },
    ],
  ],
  [
    'health',
    [{ input: 'arguments', expected: words, got: '"health"', hint: 'leave it out: the gate needs no command' }],
  ],
  [
    '--summary false',
    [
      {
        input: 'arguments',
        expected: words,
        got: '"false"',
        hint: 'a boolean has its value behind an equals sign: --summary=false',
      },
    ],
  ],
  ['demo again', [{ input: 'arguments', expected: words, got: '"again"', hint: lists }]],
  ['-- demo extra', [{ input: 'arguments', expected: words, got: '"extra"', hint: lists }]],
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
  test(`refuses "${line}"`, () => {
    assert.deepEqual(parseFlags(line.split(' ')).problems, problems);
  });
}
