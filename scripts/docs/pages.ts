import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { componentText } from '../gitlab/component.ts';
import { checksPage } from './checks-page.ts';
import { fillParts } from './fill.ts';
import { partOf } from './parts.ts';
import { referencePage } from './reference.ts';

interface Page {
  readonly path: string;
  readonly text: string;
}

/** Pages that are written by hand, except for marked parts. */
function pagesWithParts(): readonly Page[] {
  const names = readdirSync('docs').filter((name) => name.endsWith('.md'));
  return ['README.md', ...names.map((name) => join('docs', name))].flatMap((path) => {
    const page = readFileSync(path, 'utf8');
    return page.includes('<!-- part: ') ? [{ path, text: fillParts(page, partOf) }] : [];
  });
}

/** Generates every page and template. */
export function pages(): readonly Page[] {
  return [
    { path: join('docs', 'checks.md'), text: checksPage() },
    { path: join('docs', 'inputs-and-outputs.md'), text: referencePage() },
    { path: join('templates', 'talos-health.yml'), text: componentText() },
    ...pagesWithParts(),
  ];
}
