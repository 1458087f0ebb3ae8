import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandProblems, wantsGateAfter } from '../../src/inputs/command.ts';
import { flagInputs } from '../../src/inputs/table.ts';
import { callInput, readVariables, variableOf } from '../../src/inputs/variables.ts';

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
      expected: 'a command behind --',
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
