import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);

/** The test files of a script of package.json. */
function filesOf(script: string): readonly string[] {
  const glob = /"(test\/[^"]+)"$/.exec(scripts[script] ?? '')?.[1];
  return globSync(glob ?? assert.fail(`${script} names no files`)).map((file) => file.replaceAll('\\', '/'));
}

const unit = filesOf('test:unit');

test('every test file is a unit test or an integration test, and none is both', () => {
  const all = globSync('test/**/*.test.ts').map((file) => file.replaceAll('\\', '/'));
  assert.deepEqual([...unit, ...filesOf('test:integration')].sort(), all.sort());
});

test('unit tests, which share a process, start no cluster, no server and no process, and have no hooks', () => {
  const outside =
    /^(?:import|\}).* from '(?:node:(?:child_process|net|http2?|https|tls|worker_threads)|.*\/sim\/cluster\.ts)'/m;
  // Outside of a `describe` a hook is one of all files.
  const hook = /^(?:before|beforeEach|afterEach)\(/m;
  const found = unit.filter((file) => {
    const source = readFileSync(file, 'utf8');
    return outside.test(source) || hook.test(source);
  });
  assert.deepEqual(found, []);
});
