import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { stages } from '../../src/checks/check.ts';
import { registry } from '../../src/checks/registry.ts';

const position = new Map(registry.map(({ id }, index) => [id, index]));

test('every file of a stage is a check in the registry, and the other way round', () => {
  const files = stages.flatMap((stage) =>
    readdirSync(new URL(`../../src/checks/${stage}`, import.meta.url)).map((file) => `${stage}/${file}`),
  );
  assert.deepEqual(registry.map(({ stage, id }) => `${stage}/${id}.ts`).sort(), files.sort());
});

test('ids are unique, and stages follow each other', () => {
  assert.equal(position.size, registry.length);
  const order = registry.map(({ stage }) => stages.indexOf(stage));
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
});

test('what a check requires comes before it', () => {
  for (const { id, requires } of registry) {
    for (const required of requires) {
      assert.ok((position.get(required) ?? Infinity) < (position.get(id) ?? -1), `${id} requires ${required}`);
    }
  }
});

test('every check says what holds and what it means when it does not', () => {
  for (const { id, title, explanation } of registry) {
    assert.match(title, /^[a-zA-Z].*[^.]$/, id);
    assert.match(explanation, /^[a-zA-Z].*\.$/, id);
  }
});
