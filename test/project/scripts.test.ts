import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const { scripts }: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);

const filesOf = (glob: string): readonly string[] =>
  globSync(glob, { cwd: 'test' }).map((file) => file.replaceAll('\\', '/'));

const unit = filesOf(/globSync\('([^']+)'/.exec(readFileSync('test/unit.test.ts', 'utf8'))?.[1] ?? '');

test('npm test runs every test file once: by itself, or in unit.test.ts', () => {
  const own = filesOf(/"test\/([^"]+)"$/.exec(scripts['test'] ?? '')?.[1] ?? '');
  assert.deepEqual([...unit, ...own].sort(), [...filesOf('**/*.test.ts')].sort());
});

test('unit tests share a process, so they start no cluster, server or process, and have no hooks', () => {
  const outside =
    /^(?:import|\}).* from '(?:node:(?:child_process|net|http2?|https|tls|worker_threads)|.*\/sim\/cluster\.ts)'/m;
  // Outside of `describe`, a hook applies to the tests of all files.
  const hook = /^(?:before|beforeEach|afterEach)\(/m;
  const found = unit.filter((file) => {
    const source = readFileSync(`test/${file}`, 'utf8');
    return outside.test(source) || hook.test(source);
  });
  assert.deepEqual(found, []);
});
