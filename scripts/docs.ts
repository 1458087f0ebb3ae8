// Writes the pages and templates that are generated from the sources: npm run docs
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pages } from './docs/pages.ts';

for (const { path, text } of pages()) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
