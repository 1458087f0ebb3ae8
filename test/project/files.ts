import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

/** The entries of a mapping; none if the value is not one. */
export function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** The value at these keys of a parsed document; undefined if there is none. */
export function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((from, key) => new Map(entries(from)).get(key), value);
}

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const yaml = (path: string): unknown => load(readFileSync(path, 'utf8'));

/** The sorted paths of the YAML files in a folder. */
export function yamlFiles(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
  return names.sort().map((name) => join(folder, name));
}

/** A step, and the name of its job. */
export interface Step {
  readonly job: string;
  readonly step: unknown;
}

export function steps(workflow: unknown): readonly Step[] {
  return entries(at(workflow, 'jobs')).flatMap(([job, body]) => list(at(body, 'steps')).map((step) => ({ job, step })));
}
