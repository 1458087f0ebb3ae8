// A step of the release: the package on npm.
//   node scripts/release/npm.ts check TARBALL     fails if it cannot be published
//   node scripts/release/npm.ts publish TARBALL   publishes it, unless it was published already
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { version } from '../../src/version.ts';
import { published, registry } from './registry.ts';

const name = 'talos-health';

/**
 * Whether npm has exactly this package, from an earlier run of the release.
 *
 * @throws if the package does not exist yet, or has this version with other content
 */
async function isPublished(tarball: string): Promise<boolean> {
  const { exists, integrity } = await published(registry(), name, version);
  if (!exists) {
    throw new Error(
      `npm has no package ${name} yet, and trusts a workflow only for one that exists: see "The first release" in CONTRIBUTING.md`,
    );
  }
  const own = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (integrity !== undefined && integrity !== own) {
    throw new Error(
      `npm has ${name}@${version} with other content (${integrity}, and not ${own}): a published version cannot be replaced, so release a new one`,
    );
  }
  return integrity === own;
}

const [command, tarball = ''] = process.argv.slice(2);
if ((command !== 'check' && command !== 'publish') || !tarball.endsWith('.tgz')) {
  throw new Error('expected "check TARBALL" or "publish TARBALL"');
}
if (await isPublished(tarball)) {
  console.log(`${name}@${version} is published already`);
} else if (command === 'check') {
  console.log(`${name}@${version} can be published`);
} else {
  const { status } = spawnSync('npm', ['publish', tarball, '--access', 'public', '--provenance'], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}
