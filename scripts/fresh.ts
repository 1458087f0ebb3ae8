// Fails where what is committed is not what the sources give: the generated
// code of src/gen and the bundles of dist/, files that nobody knows included.
import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';

async function contents(directory: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = files.map(async (file) => [file.slice(directory.length + 1), await readFile(file, 'utf8')] as const);
  return new Map(await Promise.all(read));
}

async function differences(committed: string, fresh: string): Promise<readonly string[]> {
  const [old, now] = await Promise.all([contents(committed), contents(fresh)]);
  const names = [...new Set([...old.keys(), ...now.keys()])].sort();
  return names.filter((name) => old.get(name) !== now.get(name)).map((name) => join(committed, name));
}

const directory = await mkdtemp(join(tmpdir(), 'talos-health-fresh-'));
try {
  execFileSync('buf', ['generate', '--output', directory], { stdio: 'inherit', shell: process.platform === 'win32' });
  await bundle(join(directory, 'dist'));
  const stale = [
    ...(await differences('src/gen', join(directory, 'src/gen'))),
    ...(await differences('dist', join(directory, 'dist'))),
  ];
  if (stale.length > 0) {
    console.error(`Not what the sources give: ${stale.join(', ')}. Run "npm run generate" and "npm run build".`);
    process.exitCode = 1;
  }
} finally {
  await rm(directory, { recursive: true, force: true });
}
