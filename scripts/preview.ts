// Renders the golden summaries as on GitHub, as HTML pages: npm run preview, then
// open preview/index.html.
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mermaid } from './preview/mermaid.ts';
import { page } from './preview/page.ts';

const golden = 'test/golden';
const folder = 'preview';

await rm(folder, { recursive: true, force: true });
await mkdir(folder);
const summaries = (await readdir(golden)).filter((file) => file.endsWith('.md')).sort();
for (const file of summaries) {
  const name = file.replace(/\.md$/, '');
  await writeFile(join(folder, `${name}.html`), page(name, await readFile(join(golden, file), 'utf8')));
}
const links = summaries.map((file) => file.replace(/\.md$/, '')).map((name) => `- [${name}](${name}.html)`);
await writeFile(join(folder, 'index.html'), page('Every golden', links.join('\n')));
await copyFile(mermaid(), join(folder, 'mermaid.min.js'));
for (const file of ['preview.css', 'preview.js']) {
  await copyFile(join('scripts/preview', file), join(folder, file));
}
console.log(`${pathToFileURL(join(folder, 'index.html'))}: ${summaries.length} summaries`);
