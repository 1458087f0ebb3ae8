import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { pages } from './docs/pages.ts';

async function stalePages(): Promise<readonly string[]> {
  const generated = pages();
  const same = await Promise.all(generated.map(async ({ path, text }) => (await readFile(path, 'utf8')) === text));
  return generated.flatMap(({ path }, index) => (same[index] ? [] : [path]));
}

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

function generate(...args: readonly string[]): void {
  const buf = join('node_modules', '@bufbuild', 'buf', 'bin', 'buf');
  execFileSync(process.execPath, [buf, 'generate', ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${join(process.cwd(), 'node_modules', '.bin')}:${process.env['PATH']}` },
  });
}

/**
 * Generates all committed files again in a temporary folder, and returns the paths
 * that differ, including missing files and files that are no longer generated.
 */
export async function stale(): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'talos-health-fresh-'));
  try {
    generate('--output', join(directory, 'src'));
    generate(join('sim', 'proto'), '--output', join(directory, 'sim'));
    await bundle(join(directory, 'dist'));
    return [
      ...(await differences(join('src', 'gen'), join(directory, 'src', 'gen'))),
      ...(await differences(join('sim', 'gen'), join(directory, 'sim', 'gen'))),
      ...(await differences('dist', join(directory, 'dist'))),
      ...(await stalePages()),
    ];
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
