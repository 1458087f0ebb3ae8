import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load, loadAll } from 'js-yaml';
import { parseFlags } from '../../src/inputs/flags.ts';
import { actionInputs } from '../../src/inputs/table.ts';
import { at, entries, list } from '../project/files.ts';
import { assertValid } from '../project/options.ts';
import { type Fence, fences, pages } from './markdown.ts';

const all = pages.flatMap(fences);
const inLanguage = (...languages: readonly string[]): readonly Fence[] =>
  all.filter(({ language }) => languages.includes(language));

const action: unknown = load(readFileSync('action.yml', 'utf8'));
const [spec = ''] = readFileSync('templates/talos-health.yml', 'utf8').split(/^---$/m);
const scripts = at(JSON.parse(readFileSync('package.json', 'utf8')), 'scripts');
const names: readonly string[] = actionInputs.map(({ name }) => name);

/** All mappings in a document with this key. */
function mappingsWith(key: string, value: unknown): readonly unknown[] {
  const inside = Array.isArray(value) ? value : entries(value).map(([, inner]) => inner);
  return [...(at(value, key) === undefined ? [] : [value]), ...inside.flatMap((inner) => mappingsWith(key, inner))];
}

const isExpression = (value: unknown): boolean => String(value).includes('${{');

/** Inputs that are problems without this one. */
const needBaseline = ['rebooted-since', 'allow-downgrade'];

/** The inputs without expressions, which only a run of the workflow can evaluate, and without what needs one of those. */
function literals(inputs: unknown): Readonly<Record<string, string>> {
  const needless = isExpression(at(inputs, 'baseline')) ? needBaseline : [];
  return Object.fromEntries(
    entries(inputs).flatMap(([name, value]) =>
      names.includes(name) && !needless.includes(name) && !isExpression(value) ? [[name, String(value)]] : [],
    ),
  );
}

test('code blocks have a known language', () => {
  const known = ['sh', 'yaml', 'json', 'hcl', 'mermaid'];
  assert.deepEqual(
    all.filter(({ language }) => !known.includes(language)).map(({ at: where, language }) => `${where} ${language}`),
    [],
  );
});

for (const { text, at: where } of inLanguage('yaml')) {
  test(`${where}: the YAML is valid, and so are the inputs of the gate`, async () => {
    for (const document of loadAll(text)) {
      for (const step of mappingsWith('uses', document)) {
        const uses = String(at(step, 'uses'));
        if (!uses.includes('talos-health')) {
          assert.match(uses, /@[0-9a-f]{40}$/, `${uses} is pinned to a commit`);
          continue;
        }
        assert.match(uses, /^(https:\/\/github\.com\/)?talos-health\/talos-health@(v\d+|[0-9a-f]{40})$/);
        for (const [name, value] of entries(at(step, 'with'))) {
          assert.ok(names.includes(name), `${name} is not an input`);
          assert.equal(typeof value, 'string', `${name}: inputs of an action are texts, so numbers are quoted`);
        }
        await assertValid(literals(at(step, 'with')));
      }
      for (const include of list(at(document, 'include'))) {
        for (const [name] of entries(at(include, 'inputs'))) {
          assert.notEqual(
            at(load(spec), 'spec', 'inputs', name),
            undefined,
            `${name} is not an input of the component`,
          );
        }
        await assertValid(literals(at(include, 'inputs')));
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
  test(`${where}: the JSON is valid`, () => void JSON.parse(text));
}

/** The arguments of the gate, up to the end of the command. */
const calls =
  /(?:npx talos-health@[\d.]+|ghcr\.io\/talos-health\/talos-health:[\d.]+|^node dist\/cli\.cjs|^talos-health)(?=\s)([^"&|<>\n]*)/gm;

for (const { text, at: where } of inLanguage('sh', 'hcl', 'yaml')) {
  const found = [...text.matchAll(calls)];
  if (found.length === 0) continue;
  test(`${where}: the command lines of the gate are valid`, async () => {
    for (const [, args = ''] of found) {
      const words = args.trim().split(/\s+/);
      const line = parseFlags(words.filter((word) => word !== ''));
      assert.deepEqual(line.problems, []);
      await assertValid(line.raw);
    }
  });
}

test('the npm scripts in the documentation exist', () => {
  const named = pages.flatMap((page) => [...readFileSync(page, 'utf8').matchAll(/\bnpm (?:run )?([a-z-]+)/g)]);
  for (const [command, name = ''] of named) {
    if (command.startsWith('npm run') || name === 'test') {
      assert.equal(typeof at(scripts, name), 'string', command);
    }
  }
});
