import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load, loadAll } from 'js-yaml';
import { parseFlags } from '../../src/inputs/flags.ts';
import { actionInputs } from '../../src/inputs/table.ts';
import { at, entries, list } from '../project/files.ts';
import { assertUnderstood } from '../project/options.ts';
import { type Fence, fences, pages } from './markdown.ts';

const all = pages.flatMap(fences);
const inLanguage = (...languages: readonly string[]): readonly Fence[] =>
  all.filter(({ language }) => languages.includes(language));

const action: unknown = load(readFileSync('action.yml', 'utf8'));
const [spec = ''] = readFileSync('templates/talos-health.yml', 'utf8').split(/^---$/m);
const scripts = at(JSON.parse(readFileSync('package.json', 'utf8')), 'scripts');
const names: readonly string[] = actionInputs.map(({ name }) => name);

/** Every mapping in a document that has this key. */
function mappingsWith(key: string, value: unknown): readonly unknown[] {
  const inside = Array.isArray(value) ? value : entries(value).map(([, inner]) => inner);
  return [...(at(value, key) === undefined ? [] : [value]), ...inside.flatMap((inner) => mappingsWith(key, inner))];
}

/** Those that say something here and now, and not in a run of the workflow. */
const literals = (inputs: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    entries(inputs).flatMap(([name, value]) =>
      names.includes(name) && !String(value).includes('${{') ? [[name, String(value)]] : [],
    ),
  );

test('blocks have a language', () => {
  const known = ['sh', 'yaml', 'json', 'hcl', 'mermaid'];
  assert.deepEqual(
    all.filter(({ language }) => !known.includes(language)).map(({ at: where, language }) => `${where} ${language}`),
    [],
  );
});

for (const { text, at: where } of inLanguage('yaml')) {
  test(`${where}: the workflow is one, and the gate understands its inputs`, async () => {
    for (const document of loadAll(text)) {
      for (const step of mappingsWith('uses', document)) {
        const uses = String(at(step, 'uses'));
        if (!uses.includes('talos-health')) {
          assert.match(uses, /@[0-9a-f]{40}$/, `${uses} is pinned to a commit`);
          continue;
        }
        assert.match(uses, /^(https:\/\/github\.com\/)?talos-health\/talos-health@v\d+$/);
        for (const [name, value] of entries(at(step, 'with'))) {
          assert.ok(names.includes(name), `${name} is no input`);
          assert.equal(typeof value, 'string', `${name}: inputs of an action are texts, so numbers are quoted`);
        }
        await assertUnderstood(literals(at(step, 'with')));
      }
      for (const include of list(at(document, 'include'))) {
        for (const [name] of entries(at(include, 'inputs'))) {
          assert.notEqual(at(load(spec), 'spec', 'inputs', name), undefined, `${name} is no input of the component`);
        }
        await assertUnderstood(literals(at(include, 'inputs')));
      }
      const gates = mappingsWith('uses', document).filter((step) => /talos-health@/.test(String(at(step, 'uses'))));
      for (const [reference, id, output = ''] of text.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
        if (gates.some((step) => at(step, 'id') === id)) {
          assert.notEqual(at(action, 'outputs', output), undefined, reference);
        }
      }
    }
  });
}

for (const { text, at: where } of inLanguage('json')) {
  test(`${where}: the JSON can be read`, () => void JSON.parse(text));
}

/** What stands behind the name of the gate, up to the end of the command. */
const calls =
  /(?:npx talos-health@[\d.]+|ghcr\.io\/talos-health\/talos-health:[\d.]+|^node dist\/cli\.cjs|^talos-health)(?=\s)([^"&|<>\n]*)/gm;

for (const { text, at: where } of inLanguage('sh', 'hcl', 'yaml')) {
  const found = [...text.matchAll(calls)];
  if (found.length === 0) continue;
  test(`${where}: the gate understands its command lines`, async () => {
    for (const [, args = ''] of found) {
      const words = args.trim().split(/\s+/);
      const line = parseFlags(words.filter((word) => word !== ''));
      assert.deepEqual(line.problems, []);
      await assertUnderstood(line.raw);
    }
  });
}

test('scripts that are named exist', () => {
  const named = pages.flatMap((page) => [...readFileSync(page, 'utf8').matchAll(/\bnpm (?:run )?([a-z-]+)/g)]);
  for (const [command, name = ''] of named) {
    if (command.startsWith('npm run') || name === 'test') {
      assert.equal(typeof at(scripts, name), 'string', command);
    }
  }
});
