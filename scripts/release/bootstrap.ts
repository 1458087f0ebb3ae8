// Once, before the first release: npm trusts a workflow only for a package that
// exists. This publishes a placeholder by hand, and makes release.yml the trusted publisher.
// It can be run again: a package that exists is left alone.
//   npm run release:bootstrap -- [--dry-run]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { published, registry } from './registry.ts';

const placeholder = '0.0.0';
const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
const dryRun = values['dry-run'] ? ['--dry-run'] : [];
const { name, description, license, homepage, repository } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Runs npm at the terminal: it asks the maintainer for a second factor. */
function npm(args: readonly string[], advice: string, cwd = '.'): void {
  console.log(`> npm ${args.join(' ')}`);
  const { status } = spawnSync('npm', args, { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`"npm ${args.join(' ')}" failed: ${advice}`);
}

/** A package that says where it comes from, and has nothing to run. */
function publishPlaceholder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'talos-health-bootstrap-'));
  try {
    const manifest = { name, version: placeholder, description, license, homepage, repository };
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
    writeFileSync(join(folder, 'README.md'), `# ${name}\n\nNot released yet: see <${homepage}>.\n`);
    npm(['publish', '--access', 'public', ...dryRun], 'nothing was published', folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const trust = [
  ...['trust', 'github', name, '--file', 'release.yml', '--repository', 'talos-health/talos-health'],
  ...['--environment', 'npm', '--allow-publish', '--yes'],
];
// First what can fail, before anything is published.
if (spawnSync('npm', ['trust', 'github', '--help']).status !== 0) {
  throw new Error('this npm has no command "npm trust": run "npm install --global npm@latest"');
}
if (!values['dry-run']) npm(['whoami'], 'run "npm login" first');
const { exists } = await published(registry(), name, placeholder);
if (exists) console.log(`npm has ${name} already: no placeholder is needed`);
else publishPlaceholder();
npm(
  [...trust, ...dryRun],
  `if "npm trust list ${name}" shows release.yml, it is trusted already and nothing is missing`,
);
