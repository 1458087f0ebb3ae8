import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unknownInputs } from '../../src/inputs/action-inputs.ts';
import { actionInputs } from '../../src/inputs/table.ts';

const github = { GITHUB_ACTIONS: 'true' };

test('every input of the action is known', () => {
  const given = actionInputs.map(({ name }) => [`INPUT_${name.toUpperCase()}`, 'x']);
  assert.deepEqual(unknownInputs({ ...github, ...Object.fromEntries(given) }), []);
});

test('an unknown input is a problem, with the nearest one', () => {
  assert.deepEqual(unknownInputs({ ...github, 'INPUT_WAIT-TIMOUT': '5m', 'INPUT_X-Y-Z': '1', 'INPUT_NO-VALUE': ' ' }), [
    { input: 'wait-timout', expected: '', got: 'unknown input', hint: 'did you mean wait-timeout?' },
    { input: 'x-y-z', expected: '', got: 'unknown input' },
  ]);
});

test('what cannot be told from a variable of the workflow, or from an input of another action, is ignored', () => {
  assert.deepEqual(unknownInputs({ ...github, INPUT_TIMEOUT: '5m', INPUT_WAIT_TIMOUT: '5m' }), []);
  assert.deepEqual(unknownInputs({ 'INPUT_WAIT-TIMOUT': '5m' }), []);
  for (const runner of ['ACT', 'GITEA_ACTIONS', 'FORGEJO_ACTIONS']) {
    assert.deepEqual(unknownInputs({ ...github, [runner]: 'true', 'INPUT_WAIT-TIMOUT': '5m' }), []);
  }
});
