import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** What of `process` a script depends on. */
interface System {
  readonly platform: NodeJS.Platform;
  readonly env: Env;
}

/** A program with its arguments. */
export interface Invocation {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * Windows has a bash of its own that only starts Linux subsystems, which mostly
 * are not there. The one that counts is that of Git, wherever it is.
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
 * Writes a script where only this user reads it, and says how to run it: in
 * the way in which GitHub runs the scripts of steps.
 *
 * @param folder where a folder for it can be made
 */
export async function writeScript(script: string, folder: string, { platform, env }: System): Promise<Invocation> {
  const bash = platform === 'win32' ? findBash(env) : 'bash';
  const path = join(await mkdtemp(join(folder, 'talos-health-')), bash === undefined ? 'run.ps1' : 'run.sh');
  if (bash !== undefined) {
    await writeFile(path, `${script.replaceAll('\r\n', '\n')}\n`, { mode: 0o600 });
    // To bash a backslash is not part of a path.
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
