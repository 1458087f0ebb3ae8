import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../golden');
const update = process.env['UPDATE_GOLDEN'] === '1';

/** The text of a golden file; with UPDATE_GOLDEN=1 the actual text is written to it first. */
export function golden(file: string, actual: string): string {
  if (update) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, file), actual);
  }
  return readFileSync(join(folder, file), 'utf8');
}
