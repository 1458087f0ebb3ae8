import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { catalogue } from '../../src/gate/catalogue.ts';
import { type Options, type ParsedOptions, parseOptions } from '../../src/inputs/options.ts';
import type { RawInputs } from '../../src/inputs/table.ts';
import type { Problem } from '../../src/values/problem.ts';
import { createIdentity, talosconfig } from '../credentials/certificates.ts';

const reader = talosconfig(createIdentity());

/** The secrets that previous calls masked. */
export const masked: string[] = [];

/** Parses inputs. By default, the talosconfig is valid and has the role os:reader. */
export function parse(raw: RawInputs): Promise<ParsedOptions> {
  const io = {
    env: {},
    readFile,
    homedir: () => '/',
    mask: (secrets: () => readonly string[]) => masked.push(...secrets()),
  };
  return parseOptions({ talosconfig: reader, ...raw }, io, catalogue);
}

export async function optionsOf(raw: RawInputs): Promise<Options> {
  const parsed = await parse(raw);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

export async function problemsOf(raw: RawInputs): Promise<readonly Problem[]> {
  const parsed = await parse(raw);
  assert.ok(!parsed.ok);
  return parsed.error;
}
