import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { anchors, links, pages } from './markdown.ts';

const repository = 'https://github.com/talos-health/talos-health/blob/main/';
const local = (url: string): boolean => url.startsWith(repository) || !/^[a-z]+:/.test(url);

for (const page of pages) {
  test(`${page}: the files and headings of all links exist`, () => {
    for (const url of links(page).filter(local)) {
      const [path = '', anchor] = url.replace(repository, '/').split('#');
      const target = path === '' ? page : path.startsWith('/') ? `.${path}` : join(dirname(page), path);
      assert.ok(existsSync(target), `${url}: there is no ${target}`);
      if (anchor !== undefined) {
        assert.ok(anchors(target).has(anchor), `${url}: ${target} has no heading for it`);
      }
    }
  });
}

test('the index has every page of the documentation', () => {
  const index = links('docs/README.md');
  const names = readdirSync('docs').filter((name) => name.endsWith('.md') && name !== 'README.md');
  // Written by "npm run bench", and linked from the pages that use its figures.
  assert.deepEqual(
    names.filter((name) => !index.includes(name) && name !== 'benchmarks.md'),
    [],
  );
});

test('pictures have less than 150 KiB', () => {
  for (const name of readdirSync('docs/images')) {
    const { size } = statSync(join('docs/images', name));
    assert.ok(size < 150 * 1024, `${name} has ${size} bytes`);
  }
});
