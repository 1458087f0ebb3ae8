// Writes docs/checks.md.
import { mkdir, writeFile } from 'node:fs/promises';
import { checksPage } from './check-notes/page.ts';

await mkdir('docs', { recursive: true });
await writeFile('docs/checks.md', checksPage());
