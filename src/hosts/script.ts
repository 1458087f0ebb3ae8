import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** The part of `process` that a script depends on. */
interface System {
  readonly platform: NodeJS.Platform;
  readonly env: Env;
}

export interface Invocation {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * The bash.exe of Windows itself only starts a Linux subsystem, which is usually not
 * installed. This finds another one, such as that of Git.
 */
function findBash(env: Env): string | undefined {
  const [, path = ''] = Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH') ?? [];
  return path
    .split(';')
    .filter((folder) => folder !== '' && !/[\\/](system32|windowsapps)[\\/]?$/i.test(folder))
    .map((folder) => join(folder, 'bash.exe'))
    .find((file) => existsSync(file));
}

/**
 * Writes a script to a file that only this user can read, and returns how to run
 * it: with the options that GitHub uses for the scripts of steps.
 *
 * @param folder an existing folder, in which a new one is created
 */
export async function writeScript(script: string, folder: string, { platform, env }: System): Promise<Invocation> {
  const bash = platform === 'win32' ? findBash(env) : 'bash';
  const path = join(await mkdtemp(join(folder, 'talos-health-')), bash === undefined ? 'run.ps1' : 'run.sh');
  if (bash !== undefined) {
    await writeFile(path, `${script.replaceAll('\r\n', '\n')}\n`, { mode: 0o600 });
    // In bash, a backslash is not a path separator.
    const file = platform === 'win32' ? path.replaceAll('\\', '/') : path;
    return { program: bash, args: ['--noprofile', '--norc', '-eo', 'pipefail', file] };
  }
  const last = 'if ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }';
  await writeFile(path, `$ErrorActionPreference = 'stop'\n${script}\n${last}\n`, { mode: 0o600 });
  return {
    program: 'pwsh',
    args: ['-NoProfile', '-NonInteractive', '-Command', `. '${path.replaceAll("'", "''")}'`],
  };
}
