import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeScript } from '../../src/hosts/script.ts';
import { temporaryFolder } from '../builders/folder.ts';

test('a script runs in bash with the options that GitHub uses, and only its user can read it', async () => {
  const { program, args } = await writeScript('echo a\r\necho b', temporaryFolder(), { platform: 'linux', env: {} });
  const path = args.at(-1) ?? '';
  assert.deepEqual([program, args.slice(0, -1)], ['bash', ['--noprofile', '--norc', '-eo', 'pipefail']]);
  assert.equal(await readFile(path, 'utf8'), 'echo a\necho b\n');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
});

/** Creates folders with these names and a bash.exe in each. */
async function bashFolders(...names: readonly string[]): Promise<readonly string[]> {
  const root = temporaryFolder();
  const folders = names.map((name) => join(root, name));
  for (const one of folders) {
    await mkdir(one, { recursive: true });
    await writeFile(join(one, 'bash.exe'), '');
  }
  return folders;
}

test('on Windows, a script runs in the bash of Git, and not in the one that starts Linux', async () => {
  const folders = await bashFolders('System32', 'WindowsApps', 'Git');
  const { program } = await writeScript('true', temporaryFolder(), {
    platform: 'win32',
    env: { Path: folders.join(';') },
  });
  assert.equal(program, join(folders[2] ?? '', 'bash.exe'));
});

test('on Windows without Git, a script runs in PowerShell, stops at errors and keeps the exit code', async () => {
  const env = { Path: (await bashFolders('System32')).join(';') };
  const { program, args } = await writeScript('kubectl version', temporaryFolder(), { platform: 'win32', env });
  assert.deepEqual([program, args.slice(0, -1)], ['pwsh', ['-NoProfile', '-NonInteractive', '-Command']]);
  const path = /^\. '(.+run\.ps1)'$/.exec(args.at(-1) ?? '')?.[1] ?? '';
  assert.equal(
    await readFile(path, 'utf8'),
    "$ErrorActionPreference = 'stop'\nkubectl version\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }\n",
  );
});
