import assert from 'node:assert/strict';
import { test } from 'node:test';
import { registry } from '../src/checks/registry.ts';
import { checkList, checksJson, explain, explainJson, noSuchCheck } from '../src/explain/explain.ts';

test('the list has every check once, in the order of the registry', () => {
  const rows = checkList(registry).split('\n');
  assert.deepEqual(
    rows.map((row) => row.split(/ {2,}/)),
    registry.map(({ id, stage, title }) => [id, stage, title]),
  );
  const json: readonly { readonly id: string }[] = JSON.parse(checksJson(registry));
  assert.deepEqual(
    json.map(({ id }) => id),
    registry.map(({ id }) => id),
  );
});

test('one check as JSON is its entry in the JSON of all, and says what the text says', () => {
  const all: readonly Readonly<Record<string, unknown>>[] = JSON.parse(checksJson(registry));
  for (const [index, check] of registry.entries()) {
    const one = all[index] ?? {};
    assert.deepEqual(JSON.parse(explainJson(check)), one);
    const text = explain(check).replace(/\s+/g, ' ');
    const { scope, requires, commands, ...texts } = one;
    assert.deepEqual([scope, requires, commands], [check.scope, check.requires, check.docs.commands]);
    for (const value of [...check.docs.commands, ...Object.values(texts)]) {
      assert.ok(text.includes(String(value).replace(/\s+/g, ' ')), `${check.id}: ${value}`);
    }
  }
});

for (const check of registry) {
  test(`${check.id} is explained, within 80 columns`, () => {
    const text = explain(check);
    assert.ok(text.startsWith(`${check.id} (stage ${check.stage})\n`));
    assert.match(text, new RegExp(`\nhttps://\\S+#${check.id}$`));
    assert.doesNotMatch(text, /\]\(#/);
    const prose = text.split('\n').filter((line) => !line.startsWith('    ') && !line.startsWith('https://'));
    for (const line of prose) assert.ok(line.length <= 80, line);
  });
}

test('an unknown id suggests a similar one, or the list', () => {
  assert.equal(noSuchCheck('node-redy', registry), 'There is no check "node-redy": did you mean node-ready?');
  assert.equal(noSuchCheck('xyzzy', registry), 'There is no check "xyzzy": talos-health checks lists them');
});
