import { execSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('mermaid', import.meta.url));
const installed = join(folder, 'node_modules', 'mermaid');

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

function isInstalled(): boolean {
  const manifest = join(installed, 'package.json');
  return existsSync(manifest) && json(manifest).version === json(join(folder, 'package.json')).dependencies.mermaid;
}

/**
 * The path of Mermaid for a page. Installed on first use, with its own lock file,
 * because it comes with 115 other packages, and no test needs it.
 */
export function mermaid(): string {
  if (!isInstalled()) {
    execSync('npm ci', { cwd: folder, stdio: 'inherit' });
  }
  return join(installed, 'dist', 'mermaid.min.js');
}
