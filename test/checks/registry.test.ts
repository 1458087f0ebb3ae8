import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { stages } from '../../src/checks/check.ts';
import { registry } from '../../src/checks/registry.ts';

test('the registry has exactly the files of the stages', () => {
  const files = stages.flatMap((stage) =>
    readdirSync(new URL(`../../src/checks/${stage}`, import.meta.url)).map((file) => `${stage}/${file}`),
  );
  assert.deepEqual(registry.map(({ stage, id }) => `${stage}/${id}.ts`).sort(), files.sort());
});

test('ids are unique, and checks are sorted by stage', () => {
  assert.equal(new Set(registry.map(({ id }) => id)).size, registry.length);
  const order = registry.map(({ stage }) => stages.indexOf(stage));
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
});
