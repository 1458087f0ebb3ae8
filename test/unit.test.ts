import { globSync } from 'node:fs';
import { test } from 'node:test';

/** Tests of pure code share this process: to start one for each file takes longer than the tests. */
const files = globSync('{checks,credentials,diagnosis,inputs,report,values}/**/*.test.ts', {
  cwd: import.meta.dirname,
});

// Tests run in the order in which they are registered: no hook `after` runs before all files are loaded.
const { promise: loaded, resolve } = Promise.withResolvers<void>();
test('the files of all unit tests load', () => loaded);
for (const file of files) {
  await import(`./${file}`);
}
resolve();
