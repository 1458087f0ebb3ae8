// Measures the bundles of dist/ on simulated clusters and writes
// docs/benchmarks.md: npm run bench. It takes ten minutes on an idle machine.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { openCluster } from './bench/cluster.ts';
import { coldStart } from './bench/cold-start.ts';
import { cost } from './bench/cost.ts';
import { heals } from './bench/heals.ts';
import { healthyVerdict } from './bench/verdict.ts';

const folder = await mkdtemp(join(tmpdir(), 'talos-health-bench-'));
try {
  const floor = join(folder, 'floor.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('bench/floor.ts', import.meta.url))],
    outfile: floor,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  await using cluster = await openCluster(3, 2);
  const sections = [
    ['Cold start', 'Whole processes, the median of 15 each, in turns.', await coldStart(floor, cluster)],
    [
      'From a heal to the verdict',
      'Three control planes and two workers. The gate waits, a fault ends at a random moment, and the process of the gate ends; the retry interval is 5 s.',
      await heals(cluster),
    ],
    [
      'Healthy verdict',
      'Whole processes, medians, the gate and the floor in turns. The floor is a bare `node:http2` client that knows the nodes, makes the same calls to the Talos API, as many at once, decodes nothing and judges nothing. ' +
        'Three control planes, the rest workers, all behind one endpoint. The simulated cluster runs on the same machine in a process of its own.',
      await healthyVerdict(floor),
    ],
    ['Cost to the cluster', 'One hundred nodes, three of them control planes.', await cost()],
  ] as const;
  const { node, v8 } = process.versions;
  const page = [
    '# Benchmarks',
    'Written by `npm run bench`; do not edit. Trust the ratios of one run, not the times: they are those of one machine.',
    `Measured on ${availableParallelism()} cores with Node ${node} (V8 ${v8}), ${process.platform} ${process.arch}, over mutual TLS on loopback.`,
    ...sections.map(([title, how, result]) => `## ${title}\n\n${how}\n\n${result}`),
  ];
  await writeFile('docs/benchmarks.md', `${page.join('\n\n')}\n`);
} finally {
  await rm(folder, { recursive: true });
}
