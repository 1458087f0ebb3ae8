import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { licences } from '../../scripts/licences.ts';

/** The metafile of esbuild for a bundle of these files. */
function bundleOf(files: Readonly<Record<string, number>>) {
  const inputs = Object.fromEntries(Object.entries(files).map(([file, bytes]) => [file, { bytesInOutput: bytes }]));
  return { inputs: {}, outputs: { 'a.cjs': { bytes: 1, inputs, imports: [], exports: [] } } };
}

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version;

const headings = (text: string): readonly string[] =>
  [...text.matchAll(/^-{80}\n\n(.*)$/gm)].map(([, heading = '']) => heading);

test('each package is listed once, sorted, unless it has no bytes in a bundle', async () => {
  const core = 'node_modules/@actions/core/lib/core.js';
  const esbuild = 'node_modules/esbuild/lib/main.js';
  const one = bundleOf({ [esbuild]: 10, 'src/cli.ts': 10 });
  const two = bundleOf({ [core]: 10, [esbuild]: 10, 'node_modules/js-yaml/index.js': 0, 'absent:undici': 10 });
  const text = await licences([one, two]);
  assert.equal(await licences([two, one]), text);
  assert.deepEqual(headings(text), [
    `@actions/core ${versionOf('@actions/core')} (MIT)`,
    `esbuild ${versionOf('esbuild')} (MIT)`,
  ]);
  assert.match(text, /Permission is hereby granted/);
  assert.doesNotMatch(text, /\r|[ \t]$/m);
});

test('a package without a licence file is listed with the notices of its sources and a reference to the text', async () => {
  const protobuf = 'node_modules/@bufbuild/protobuf/dist/esm/wire/varint.js';
  const text = await licences([bundleOf({ [protobuf]: 10, 'node_modules/@grpc/grpc-js/build/src/index.js': 10 })]);
  assert.match(text, /Copyright 2008 Google Inc\. {2}All rights reserved\./);
  assert.match(text, /The text of Apache-2\.0 is that under @grpc\/grpc-js /);
});

test('a package without a licence text fails the build', async () => {
  await assert.rejects(licences([bundleOf({ 'node_modules/@bufbuild/protobuf/dist/esm/wire/varint.js': 10 })]), {
    message:
      `@bufbuild/protobuf ${versionOf('@bufbuild/protobuf')} ((Apache-2.0 AND BSD-3-Clause)) comes without the text of its licence: ` +
      'leave it out of the bundle, or add the text',
  });
});
