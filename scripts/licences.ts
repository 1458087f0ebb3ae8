import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

interface Package {
  readonly name: string;
  readonly version: string;
  /** The SPDX expression of package.json. */
  readonly licence: string;
  /** The texts of its licence and notice files. */
  readonly texts: readonly string[];
  /** The distinct copyright comments of its bundled sources. */
  readonly notices: readonly string[];
}

const rule = `\n\n${'-'.repeat(80)}\n\n`;

/**
 * The third-party packages in the bundles with the texts of their licences, sorted, so
 * that the result does not depend on the machine.
 *
 * @throws {Error} for a package without a licence text
 */
export async function licences(metafiles: readonly Metafile[]): Promise<string> {
  const folders = new Map<string, string[]>();
  for (const file of metafiles.flatMap(bundledFiles)) {
    const folder = packageFolder(file);
    if (folder !== undefined) folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const packages = await Promise.all([...folders].map(([folder, files]) => readPackage(folder, files)));
  const unique = new Map(packages.map((one) => [`${one.name}@${one.version}`, one]));
  const sorted = [...unique.keys()].sort().flatMap((key) => unique.get(key) ?? []);
  return `Third-party packages in these bundles, and their licences.${rule}${sorted.map((one) => entry(one, sorted)).join(rule)}\n`;
}

const bundledFiles = ({ outputs }: Metafile): readonly string[] =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );

/** The folder of the package of a file: `node_modules/a/node_modules/@b/c` for `node_modules/a/node_modules/@b/c/d.js`. */
function packageFolder(file: string): string | undefined {
  return /^(?:[^:]*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
}

async function readPackage(folder: string, files: readonly string[]): Promise<Package> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const field = (key: string): string => {
    const value = new Map<string, unknown>(Object.entries(Object(manifest))).get(key);
    if (typeof value === 'string') return value;
    throw new Error(`${folder}/package.json: expected a text for "${key}", got ${typeof value}`);
  };
  const legal = (await readdir(folder)).filter((name) => /^(un)?(licen[cs]e|copying|notice)\b/i.test(name)).sort();
  const texts = await Promise.all(legal.map((name) => text(join(folder, name))));
  const sources = await Promise.all(files.toSorted().map(text));
  const comments = [...new Set(sources.flatMap((source) => copyrightComment(source) ?? []))];
  // In some files, the notice is followed by other comments.
  const notices = comments.filter((one) => !comments.some((other) => other !== one && one.startsWith(other)));
  return { name: field('name'), version: field('version'), licence: field('license'), texts, notices };
}

const text = async (path: string): Promise<string> =>
  (await readFile(path, 'utf8'))
    .replaceAll('\r\n', '\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');

/** The first comment of a file, if it mentions a copyright. */
function copyrightComment(source: string): string | undefined {
  const lines = /^(?:['"]use strict['"];\n)?((?:\/\/.*\n)+)/.exec(source)?.[1] ?? '';
  const comment = lines.replace(/^\/\/ ?/gm, '').trim();
  return /copyright/i.test(comment) ? comment : undefined;
}

/** For a package without a licence file, gives its copyright notices, and refers to another package with the same licence. */
function entry({ name, version, licence, texts, notices }: Package, all: readonly Package[]): string {
  const heading = `${name} ${version} (${licence})`;
  if (texts.length > 0) return [heading, ...texts].join('\n\n');
  const reference = all.find((other) => other.texts.length > 0 && licence.split(/[ ()]+/).includes(other.licence));
  if (reference === undefined || notices.length === 0) {
    throw new Error(`${heading} comes without the text of its licence: leave it out of the bundle, or add the text`);
  }
  const note = `The text of ${reference.licence} is that under ${reference.name} ${reference.version}.`;
  return [heading, ...notices, note].join('\n\n');
}
