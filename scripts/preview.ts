// Renders reports on every surface, as HTML pages: npm run preview, then open
// preview/index.html. The reports are those of the golden files, and large ones.
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderSummary } from '../src/report/markdown/summary.ts';
import { markdown } from '../src/report/sanitize/escape.ts';
import { verdictText } from '../src/report/text.ts';
import { large } from '../test/builders/report-cases.ts';
import { reportFixtures } from '../test/builders/report-fixtures.ts';
import { mermaid } from './preview/mermaid.ts';
import { page } from './preview/page.ts';
import { surfacesOf } from './preview/surfaces.ts';

const folder = 'preview';
const reports = [
  ...Object.entries(reportFixtures()),
  ...Object.entries(large).map(([name, build]) => [name, build()] as const),
];

await rm(folder, { recursive: true, force: true });
await mkdir(folder);
for (const [name, report] of reports) {
  await writeFile(join(folder, `${name}.html`), page(name, renderSummary(report), surfacesOf(report)));
}
const links = reports.map(([name, report]) => `- [${name}](${name}.html): ${markdown(verdictText(report))}`);
await writeFile(join(folder, 'index.html'), page('Every', links.join('\n')));
await copyFile(mermaid(), join(folder, 'mermaid.min.js'));
for (const file of ['preview.css', 'preview.js']) {
  await copyFile(join('scripts/preview', file), join(folder, file));
}
console.log(`${pathToFileURL(join(folder, 'index.html'))}: ${reports.length} reports`);
