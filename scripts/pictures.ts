// Writes the pictures of the README, docs/images/*.webp: summaries of a simulated
// cluster in a light and a dark theme. Requires Chromium: npm run pictures
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type SimulatedCluster, startCluster } from '../sim/cluster.ts';
import { renderSummary } from '../src/report/markdown/summary.ts';
import { run } from '../src/run.ts';
import { Browser } from './pictures/browser.ts';
import { mermaid } from './preview/mermaid.ts';
import { page } from './preview/page.ts';

interface Picture {
  readonly waitTimeout: string;
  prepare(cluster: SimulatedCluster): Promise<unknown>;
}

const pictures: Readonly<Record<string, Picture>> = {
  healthy: { waitTimeout: '20s', prepare: async () => {} },
  unhealthy: { waitTimeout: '8s', prepare: (cluster) => cluster.fault('etcd-hung', 'cp-2') },
};

/** From this heading on, the summary is folded, and not part of the picture. */
const folded = '### All findings';
const images = join('docs', 'images');
const maxBytes = 150 * 1024;

/** The summary of a cluster in this state. */
async function summaryOf({ waitTimeout, prepare }: Picture): Promise<string> {
  await using cluster = await startCluster();
  await prepare(cluster);
  const inputs = { talosconfig: cluster.talosconfig('os:reader'), 'wait-timeout': waitTimeout, 'rpc-timeout': '1s' };
  const silent = {
    interval: 1000,
    onRound: () => {},
    onTime: () => {},
    [Symbol.dispose]: () => {},
  };
  const host = { env: {}, mask: () => {}, openProgress: () => silent, signal: new AbortController().signal };
  return renderSummary(await run(inputs, host)).split(folded)[0] ?? '';
}

const folder = await mkdtemp(join(tmpdir(), 'talos-health-pictures-'));
await mkdir(images, { recursive: true });
for (const file of ['preview.css', 'preview.js']) {
  await copyFile(join('scripts', 'preview', file), join(folder, file));
}
await copyFile(mermaid(), join(folder, 'mermaid.min.js'));
await using browser = await Browser.open();
for (const [name, picture] of Object.entries(pictures)) {
  const file = join(folder, `${name}.html`);
  await writeFile(file, page('talos-health', await summaryOf(picture)));
  for (const theme of ['light', 'dark']) {
    const url = `${pathToFileURL(file)}?theme=${theme}`;
    const image = await browser.picture({ url, width: 1080, scale: 1.6 });
    const path = join(images, `${name}-${theme}.webp`);
    if (image.length > maxBytes) {
      throw new Error(`${path}: expected at most ${maxBytes} bytes, got ${image.length}`);
    }
    await writeFile(path, image);
    console.log(`${path}: ${image.length} bytes`);
  }
}
await rm(folder, { recursive: true });
