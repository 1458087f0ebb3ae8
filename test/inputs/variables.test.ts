import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandProblems, wantsGateAfter } from '../../src/inputs/command.ts';
import { flagInputs } from '../../src/inputs/table.ts';
import { callInput, readVariables, unknownVariables, variableOf } from '../../src/inputs/variables.ts';

test('every flag has its own variable', () => {
  const names = flagInputs.map(({ name }) => variableOf(name));
  assert.equal(new Set(names).size, flagInputs.length);
  const env = Object.fromEntries(names.map((name) => [name, name.toLowerCase()]));
  assert.deepEqual(
    Object.keys(readVariables(env)),
    flagInputs.map(({ name }) => name),
  );
});

test('blank variables and unknown ones are ignored', () => {
  const env = {
    TALOS_HEALTH_CONTEXT: ' ',
    TALOS_HEALTH_RUN: 'x',
    TALOS_HEALTH_VERSION: '1',
    TALOS_HEALTH_AFTER: 'true',
  };
  assert.deepEqual(readVariables(env), { after: 'true' });
});

test('an unknown variable is a problem, with the nearest one', () => {
  assert.deepEqual(
    unknownVariables({
      TALOS_HEALTH_WAIT_TIMOUT: '5m',
      TALOS_HEALTH_context: 'prod',
      TALOS_HEALTH_XYZZY: '1',
      TALOS_HEALTH_CONTEXT: 'prod',
      TALOS_HEALTH_TIMOUT: ' ',
      TALOSCONFIG: 'x',
    }),
    [
      {
        input: 'TALOS_HEALTH_WAIT_TIMOUT',
        expected: '',
        got: 'unknown variable',
        hint: 'did you mean TALOS_HEALTH_WAIT_TIMEOUT?',
      },
      {
        input: 'TALOS_HEALTH_context',
        expected: '',
        got: 'unknown variable',
        hint: 'did you mean TALOS_HEALTH_CONTEXT?',
      },
      {
        input: 'TALOS_HEALTH_XYZZY',
        expected: '',
        got: 'unknown variable',
        hint: 'talos-health --help lists the flags',
      },
    ],
  );
});

test('variables that Kubernetes sets for a Service are no flags', () => {
  const env = {
    TALOS_HEALTH_SERVICE_HOST: '10.96.0.7',
    TALOS_HEALTH_SERVICE_PORT: '443',
    TALOS_HEALTH_SERVICE_PORT_HTTPS: '443',
    TALOS_HEALTH_PORT: 'tcp://10.96.0.7:443',
    TALOS_HEALTH_PORT_443_TCP: 'tcp://10.96.0.7:443',
    TALOS_HEALTH_PORT_443_TCP_PROTO: 'tcp',
    TALOS_HEALTH_PORT_443_TCP_PORT: '443',
    TALOS_HEALTH_PORT_443_TCP_ADDR: '10.96.0.7',
    TALOS_HEALTH_METRICS_SERVICE_HOST: '10.96.0.8',
  };
  assert.deepEqual(unknownVariables(env), []);
});

test('a problem names the variable, unless the flag was given', () => {
  const variables = { 'wait-timeout': 'soon', context: 'x' };
  assert.equal(callInput('wait-timeout', {}, variables), 'TALOS_HEALTH_WAIT_TIMEOUT');
  assert.equal(callInput('wait-timeout', { 'wait-timeout': '' }, variables), 'wait-timeout');
  assert.equal(callInput('rpc-timeout', {}, variables), 'rpc-timeout');
  assert.equal(callInput('HTTPS_PROXY', {}, variables), 'HTTPS_PROXY');
});

const call = (input: string): string => input.toUpperCase();

test('--after requires a command, and a command excludes output on standard output', () => {
  assert.deepEqual(commandProblems({ after: 'true' }, undefined, call), [
    {
      input: 'AFTER',
      expected: 'a command after --',
      got: 'no command',
      hint: 'talos-health --after -- COMMAND ARG...',
    },
  ]);
  assert.deepEqual(commandProblems({ output: 'json' }, ['true'], call), [
    {
      input: 'OUTPUT',
      expected: 'text, since standard output is the command’s',
      got: '"json"',
      hint: 'write the report to a file: --report-file PATH',
    },
  ]);
  assert.deepEqual(commandProblems({ after: 'false', output: 'json' }, undefined, call), []);
  assert.deepEqual(commandProblems({ after: 'true' }, ['true'], call), []);
  assert.deepEqual(
    ['True', 'no', ''].map((after) => wantsGateAfter({ after })),
    [true, false, false],
  );
});
