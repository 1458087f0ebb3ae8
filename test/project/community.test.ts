import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { changelogSection, releasedSource } from '../../scripts/release/references.ts';
import { documentationRef, version } from '../../src/version.ts';
import { at, list, yaml, yamlFiles } from './files.ts';

const kinds = ['markdown', 'textarea', 'input', 'dropdown', 'checkboxes'];

for (const path of yamlFiles('.github/ISSUE_TEMPLATE').filter((file) => !file.endsWith('config.yml'))) {
  test(`${path} is a valid issue form`, () => {
    const form = yaml(path);
    for (const key of ['name', 'description']) assert.equal(typeof at(form, key), 'string', key);
    const body = list(at(form, 'body'));
    const ids = body.flatMap((field) => at(field, 'id') ?? []);
    assert.equal(new Set(ids).size, ids.length);
    for (const field of body) {
      const kind = String(at(field, 'type'));
      assert(kinds.includes(kind), kind);
      const needed = kind === 'markdown' ? 'value' : 'label';
      assert.equal(typeof at(field, 'attributes', needed), 'string', `${kind} ${at(field, 'id')}`);
    }
  });
}

test('the changelog has a section with the changes of the version', () => {
  const section = changelogSection(version);
  assert(section, `CHANGELOG.md has no section for ${version}`);
  assert.match(section.notes, /^### (Added|Changed|Fixed|Removed|Deprecated|Security)$/m);
});

test('package.json names the repository, which npm compares with the provenance', () => {
  const manifest: unknown = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.equal(at(manifest, 'repository', 'url'), 'git+https://github.com/talos-health/talos-health.git');
  assert.equal(at(manifest, 'dependencies'), undefined, 'the bundles need no package');
});

test('links to the documentation lead to the tag of a release, and to main until then', () => {
  const released = changelogSection(version)?.date !== undefined;
  const unreleased = readFileSync('CHANGELOG.md', 'utf8').match(/^## .*Unreleased$/m) !== null;
  assert.equal(
    documentationRef,
    released && !unreleased ? `v${version}` : 'main',
    'src/version.ts: after a release, the first change sets documentationRef to main again',
  );
});

test('a release sets the version, and the tag in links to the documentation', () => {
  const source = releasedSource(readFileSync('src/version.ts', 'utf8'), '1.2.3');
  assert.match(source, /^export const version = '1\.2\.3';$/m);
  assert.match(source, /^export const documentationRef: string = 'v1\.2\.3';$/m);
});
