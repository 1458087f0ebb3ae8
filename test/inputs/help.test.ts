import assert from 'node:assert/strict';
import { test } from 'node:test';
import { helpText } from '../../src/inputs/help.ts';
import { flagInputs } from '../../src/inputs/table.ts';

const lines = helpText().split('\n');

test('the help has at most 80 columns, and no trailing spaces', () => {
  for (const line of lines) {
    assert.ok(line.length <= 80, line);
    assert.equal(line, line.trimEnd());
  }
});

test('the help has the whole description and the default of every input', () => {
  const text = helpText().replace(/\s+/g, ' ');
  for (const { name, description, default: value } of flagInputs) {
    assert.ok(
      lines.some((line) => new RegExp(`^  (-[a-z], |    )--${name}[ [=]`).test(line)),
      name,
    );
    assert.ok(text.includes(value === '' ? description : `${description} (default ${value})`), name);
  }
});

test('the help of a flag has its placeholder, wrapped description and default', () => {
  const start = lines.findIndex((line) => line.includes('--wait-timeout'));
  assert.deepEqual(lines.slice(start, start + 3), [
    '      --wait-timeout DURATION',
    '        How long to wait for the cluster to become healthy, such as 90s, 10m or',
    '        1h30m. 0 takes one look at the status as it is now. (default 10m)',
  ]);
});

test('the help explains the environment variables of flags', () => {
  assert.match(helpText(), /TALOS_HEALTH_WAIT_TIMEOUT stands for\n--wait-timeout/);
});
