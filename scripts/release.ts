// Prepares a release: sets the version, the date in the changelog and the digests of the
// base images, and generates the docs and bundles. Pushing the tag publishes the release.
//   npm run release -- 1.2.3
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { pinned } from './release/base-images.ts';
import { filesWithReferences, releasedSource, updateReferences, withoutNotice } from './release/references.ts';

const [version = ''] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version)) {
  throw new Error(`expected a version such as 1.2.3, got "${version}"`);
}

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

function dateChangelog(text: string): string {
  const heading = `## ${version} - ${new Date().toISOString().slice(0, 10)}`;
  const dated = text.replace(/^## (Unreleased|\S+ - Unreleased)$/m, heading);
  if (dated === text) throw new Error('CHANGELOG.md: expected a heading "## Unreleased" with the changes below it');
  return dated;
}

// First what can fail: nothing is changed then.
const dockerfile = await pinned(readFileSync('Dockerfile', 'utf8'));
edit('CHANGELOG.md', dateChangelog);
edit('Dockerfile', () => dockerfile);
edit('README.md', withoutNotice);
for (const file of ['package.json', 'package-lock.json']) {
  // The lock file has the version twice: at the top and in its root package.
  let left = file === 'package.json' ? 1 : 2;
  edit(file, (text) =>
    text.replace(/"version": "[^"]*"/g, (found) => (left-- > 0 ? `"version": "${version}"` : found)),
  );
}
edit('src/version.ts', (text) => releasedSource(text, version));
for (const file of filesWithReferences()) {
  edit(file, (text) => updateReferences(text, version));
}
for (const script of ['scripts/docs.ts', 'scripts/build.ts']) {
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
}
console.log(`Look at the changes, commit them on main, then: git tag v${version} && git push origin main v${version}`);
