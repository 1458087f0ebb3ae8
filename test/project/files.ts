import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

/** The entries of a mapping; none for what is no mapping. */
export function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** The value under keys of a parsed document; undefined where there is none. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((from, key) => new Map(entries(from)).get(key), value);
}

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const yaml = (path: string): unknown => load(readFileSync(path, 'utf8'));

/** The paths of a folder's YAML files, in order. */
export function yamlFiles(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return names.sort().map((name) => join(folder, name));
}

/** A step of a job, with the names of both. */
export interface Step {
  readonly job: string;
  readonly step: unknown;
}

export function steps(workflow: unknown): readonly Step[] {
  return entries(at(workflow, 'jobs')).flatMap(([job, body]) => list(at(body, 'steps')).map((step) => ({ job, step })));
}
