import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlags } from '../../src/inputs/flags.ts';
import { helpText } from '../../src/inputs/help.ts';
import { flagInputs, inputGroups } from '../../src/inputs/table.ts';
import { problemsOf } from './parse.ts';

const lines = helpText().split('\n');
const commands = ['preflight', 'safe-to-reboot', 'demo', 'checks', 'explain'] as const;

/** The lines that follow a heading, up to the next blank one. */
function under(heading: string, text = helpText()): readonly string[] {
  const all = text.split('\n');
  const start = all.indexOf(`${heading}:`) + 1;
  assert.ok(start > 0, heading);
  return all.slice(start, all.indexOf('', start));
}

for (const name of ['gate', ...commands] as const) {
  test(`the help of ${name} has at most 80 columns, and no trailing spaces`, () => {
    for (const line of helpText(name).split('\n')) {
      assert.ok(line.length <= 80, line);
      assert.equal(line, line.trimEnd());
    }
  });
}

test('each flag of the table stands in exactly one group of the help, that of the table', () => {
  const flagsUnder = (title: string) =>
    under(title).flatMap((line) => /^ {2}(?:-\w, | {4})--([\w-]+)/.exec(line)?.[1] ?? []);
  const shown = inputGroups.map(({ title }) => flagsUnder(title));
  assert.deepEqual(
    shown.flat(),
    flagInputs.map(({ name }) => name),
  );
  assert.equal(new Set(shown.flat()).size, flagInputs.length);
  for (const [index, { inputs }] of inputGroups.entries()) {
    const names: readonly string[] = inputs.map(({ name }) => name);
    for (const name of shown[index] ?? []) assert.ok(names.includes(name), name);
    assert.notEqual(shown[index]?.length, 0);
  }
  const all = lines.filter((line) => /^ {2}(-\w, | {4})--/.test(line));
  assert.equal(all.length, flagInputs.length + under('Help').filter((line) => line.includes(' --')).length);
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
  const start = lines.findIndex((line) => line.startsWith('      --wait-timeout'));
  assert.deepEqual(lines.slice(start, start + 3), [
    '      --wait-timeout DURATION',
    '        How long to wait for the cluster to become healthy, such as 90s, 10m or',
    '        1h30m. 0 takes one look at the status as it is now. (default 10m)',
  ]);
});

test('the help explains the environment variables of flags', () => {
  assert.match(helpText(), /TALOS_HEALTH_WAIT_TIMEOUT stands for\n--wait-timeout/);
});

test('the help has three examples, whose flags and values are valid', async () => {
  const examples = under('Examples').filter((line) => line.startsWith('    talos-health '));
  assert.equal(examples.length, 3);
  for (const example of examples) {
    const { problems, raw, order } = parseFlags(example.replace(/ > .*/, '').trim().split(' ').slice(1));
    assert.deepEqual(problems, [], example);
    assert.equal(order.name, 'gate');
    const { talosconfig: _, ...others } = raw;
    assert.deepEqual(await problemsOf({ ...others, 'log-lines': 'x' }).then((all) => all.slice(1)), [], example);
  }
});

for (const name of commands) {
  test(`${name} --help has a usage and an example of its own`, () => {
    const { order, help } = parseFlags([name, '--help']);
    assert.deepEqual([order.name, help], [name, true]);
    assert.match(under('Usage', helpText(name))[0] ?? '', new RegExp(`^  talos-health ${name} `));
    const [example = ''] = under('Example', `${helpText(name)}\n`);
    const parsed = parseFlags(
      example
        .replace(/ \| .*/, '')
        .trim()
        .split(' ')
        .slice(1),
    );
    assert.deepEqual([parsed.order.name, parsed.problems], [name, []]);
  });
}
