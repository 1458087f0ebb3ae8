import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { actionInputs, flagInputs, inputs, inputText } from '../../src/inputs/table.ts';

const action: unknown = load(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'));

/** The value at these keys of a parsed document; undefined if there is none. */
function at(value: unknown, ...keys: readonly string[]): unknown {
  const entry = (from: unknown, key: string): unknown =>
    typeof from === 'object' && from !== null ? new Map<string, unknown>(Object.entries(from)).get(key) : undefined;
  return keys.reduce(entry, value);
}

test('action.yml has the inputs of the table in the same order', () => {
  assert.deepEqual(
    Object.entries(Object(at(action, 'inputs'))),
    actionInputs.map((input) => [
      input.name,
      { description: input.description, required: false, default: input.default },
    ]),
  );
});

test('flags for a terminal are not inputs of the action', () => {
  const names: readonly string[] = actionInputs.map(({ name }) => name);
  assert.deepEqual(
    inputs.map(({ name }) => name).filter((name) => !names.includes(name)),
    ['after', 'message-file', 'output', 'quiet'],
  );
});

test('only the action has inputs for a script and for a secret that other users of a machine could read', () => {
  const names: readonly string[] = flagInputs.map(({ name }) => name);
  assert.deepEqual(
    inputs.map(({ name }) => name).filter((name) => !names.includes(name)),
    ['omni-service-account-key', 'run'],
  );
});

test('the documentation has every input', () => {
  const page = readFileSync(new URL('../../docs/inputs-and-outputs.md', import.meta.url), 'utf8');
  for (const { name } of inputs) assert.match(page, new RegExp(`^\\| \`${name}\``, 'm'), name);
});

test('action.yml has a description for each output', () => {
  const outputs = Object.entries(Object(at(action, 'outputs')));
  assert.deepEqual(
    outputs.map(([name]) => name),
    [
      'healthy',
      'verdict',
      'failed-stage',
      'failed-checks',
      'healthy-nodes',
      'unhealthy-nodes',
      'claim',
      'duration-seconds',
      'report',
      'command-exit-code',
    ],
  );
  for (const [name] of outputs) assert.equal(typeof at(action, 'outputs', name, 'description'), 'string');
});

test('action.yml has the fields that the marketplace and the runner require', () => {
  assert.deepEqual(at(action, 'runs'), { using: 'node24', main: 'dist/action.cjs' });
  assert.equal(typeof at(action, 'name'), 'string');
  assert.equal(typeof at(action, 'author'), 'string');
  assert.deepEqual(at(action, 'branding'), { icon: 'activity', color: 'green' });
  assert.ok(String(at(action, 'description')).length <= 125);
});

test('the names and letters of flags are unique', () => {
  const names: readonly string[] = inputs.flatMap((input) =>
    'short' in input ? [input.name, input.short] : [input.name],
  );
  assert.equal(new Set(names).size, names.length);
});

test('an absent, empty or blank input has its default', () => {
  assert.equal(inputText({}, 'wait-timeout'), '10m');
  assert.equal(inputText({ 'wait-timeout': undefined }, 'wait-timeout'), '10m');
  assert.equal(inputText({ 'wait-timeout': '' }, 'wait-timeout'), '10m');
  assert.equal(inputText({ 'wait-timeout': ' \n' }, 'wait-timeout'), '10m');
  assert.equal(inputText({ 'wait-timeout': ' 5s ' }, 'wait-timeout'), '5s');
});
