import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

interface Package {
  readonly name: string;
  readonly version: string;
  /** As the package says it, an SPDX expression. */
  readonly licence: string;
  /** The texts of its licence and notice files. */
  readonly texts: readonly string[];
  /** What its bundled sources say of their own copyright, each once. */
  readonly notices: readonly string[];
}

const rule = `\n\n${'-'.repeat(80)}\n\n`;

/**
 * The third-party packages that are really in the bundles, with the texts of
 * their licences, in an order that does not depend on the machine.
 *
 * @throws {Error} for a package that comes without any licence text
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

/** `node_modules/a/node_modules/@b/c/d.js` is of the package in `node_modules/a/node_modules/@b/c`. */
function packageFolder(file: string): string | undefined {
  return /^(?:[^:]*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0];
}

async function readPackage(folder: string, files: readonly string[]): Promise<Package> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const said = (key: string): string => {
    const value = new Map<string, unknown>(Object.entries(Object(manifest))).get(key);
    if (typeof value === 'string') return value;
    throw new Error(`${folder}/package.json: expected a text for "${key}", got ${typeof value}`);
  };
  const legal = (await readdir(folder)).filter((name) => /^(un)?(licen[cs]e|copying|notice)\b/i.test(name)).sort();
  const texts = await Promise.all(legal.map((name) => text(join(folder, name))));
  const sources = await Promise.all(files.toSorted().map(text));
  const comments = [...new Set(sources.flatMap((source) => copyrightComment(source) ?? []))];
  // Some files go on from the notice to what they do.
  const notices = comments.filter((one) => !comments.some((other) => other !== one && one.startsWith(other)));
  return { name: said('name'), version: said('version'), licence: said('license'), texts, notices };
}

const text = async (path: string): Promise<string> =>
  (await readFile(path, 'utf8'))
    .replaceAll('\r\n', '\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');

/** The comment that a file begins with, where it tells whose the file is. */
function copyrightComment(source: string): string | undefined {
  const lines = /^(?:['"]use strict['"];\n)?((?:\/\/.*\n)+)/.exec(source)?.[1] ?? '';
  const comment = lines.replace(/^\/\/ ?/gm, '').trim();
  return /copyright/i.test(comment) ? comment : undefined;
}

/** A package without a licence file is under a licence whose text another one has, and says in its sources whose it is. */
function entry({ name, version, licence, texts, notices }: Package, all: readonly Package[]): string {
  const heading = `${name} ${version} (${licence})`;
  if (texts.length > 0) return [heading, ...texts].join('\n\n');
  const lender = all.find((other) => other.texts.length > 0 && licence.split(/[ ()]+/).includes(other.licence));
  if (lender === undefined || notices.length === 0) {
    throw new Error(`${heading} comes without the text of its licence: leave it out of the bundle, or add the text`);
  }
  const borrowed = `The text of ${lender.licence} is that under ${lender.name} ${lender.version}.`;
  return [heading, ...notices, borrowed].join('\n\n');
}
