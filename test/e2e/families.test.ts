import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { start, startAction } from './processes.ts';

const { PATH = '' } = process.env;
const env = { PATH };
const skip = process.platform !== 'linux';
const small = { controlPlanes: 1, workers: 0 };
const quick = { 'wait-timeout': '0', 'rpc-timeout': '2s' };

async function flagsFor(cluster: SimulatedCluster): Promise<string[]> {
  const path = join(temporaryFolder(), 'talosconfig');
  await writeFile(path, cluster.talosconfig('os:reader'), { mode: 0o600 });
  return ['--talosconfig', path, '--wait-timeout=0'];
}

/** Fails if one of these processes runs. A zombie has ended. */
async function assertGone(file: string, count: number): Promise<void> {
  const pids = (await readFile(file, 'utf8')).trim().split('\n');
  assert.equal(pids.length, count);
  for (const pid of pids) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
    assert.match(stat, /\) [ZX]/, `${pid} is still there: ${stat}`);
  }
}

/** A shell script that starts a child and an orphan. The file gets the ids of all three processes. */
const family = (pids: string, before = ''): string =>
  `${before}
  sleep 1000 & echo $! >> '${pids}'
  sh -c '${before} sleep 1000 & echo $! >> "${pids}"'
  echo $$ >> '${pids}'`;

// Concurrent, because the tests mostly wait.
describe('commands and their descendants', { concurrency: 3 }, () => {
  for (const [how, before] of [
    ['end on a signal', ''],
    ['ignore signals', `trap "" INT TERM HUP;`],
  ] as const) {
    test(`after a command ends, its descendants are ended too: those that ${how}`, { skip }, async () => {
      await using cluster = await startCluster(small);
      const flags = await flagsFor(cluster);
      const ofCli = join(temporaryFolder(), 'pids');
      const cli = await start('cli.cjs', [...flags, '--', 'sh', '-c', `${family(ofCli, before)}; exit 4`], env).ended;
      assert.equal(cli.code, 4, cli.stderr);
      await assertGone(ofCli, 3);
      const ofAction = join(temporaryFolder(), 'pids');
      const inputs = {
        ...quick,
        talosconfig: cluster.talosconfig('os:reader'),
        run: `${family(ofAction, before)}\nexit 4`,
      };
      const action = await (await startAction(inputs, env)).ended;
      assert.equal(action.code, 4, action.stdout);
      assert.equal(action.outputs['command-exit-code'], '4');
      await assertGone(ofAction, 3);
    });

    test(`a cancellation ends a command and its descendants: those that ${how}`, { skip }, async () => {
      await using cluster = await startCluster(small);
      const flags = await flagsFor(cluster);
      const ofCli = join(temporaryFolder(), 'pids');
      const wait = `${before} echo "rea""dy"; while :; do sleep 0.1; done`;
      const cli = start('cli.cjs', [...flags, '--', 'sh', '-c', `${family(ofCli, before)}; ${wait}`], env);
      const ofAction = join(temporaryFolder(), 'pids');
      const run = `${family(ofAction, before)}\n${wait}`;
      const action = await startAction({ ...quick, talosconfig: cluster.talosconfig('os:reader'), run }, env);
      await Promise.all([cli.printed('ready\n'), action.printed('ready\n')]);
      cli.kill('SIGTERM');
      action.kill('SIGINT');
      const [ended, ofRunner] = await Promise.all([cli.ended, action.ended]);
      assert.equal(ended.code, before === '' ? 143 : 130, ended.stderr);
      assert.equal(ofRunner.outputs['verdict'], 'cancelled', ofRunner.stdout);
      assert.notEqual(ofRunner.code, 0);
      await assertGone(ofCli, 3);
      await assertGone(ofAction, 3);
    });
  }

  const hasScript = spawnSync('script', ['--version']).status === 0;

  test('at a terminal, a command reads from it, and receives Ctrl-C once', { skip: skip || !hasScript }, async () => {
    await using cluster = await startCluster(small);
    const file = join(temporaryFolder(), 'command.sh');
    await writeFile(
      file,
      `exec '${process.execPath}' dist/cli.cjs ${(await flagsFor(cluster)).join(' ')} -- sh -c '
      trap "echo caught; exit 9" INT
      printf "name"?; read name </dev/tty; echo "hello $name"
      while :; do sleep 0.1; done'`,
    );
    const terminal = spawn('script', ['-qec', `exec sh ${file}`, '/dev/null'], { env: { PATH, TERM: 'dumb' } });
    const shown: string[] = [];
    const printed = (text: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const check = (): void => (shown.join('').includes(text) ? resolve() : undefined);
        terminal.stdout.on('data', check);
        terminal.on('close', () => reject(new Error(`no "${text}" in ${shown.join('')}`)));
        check();
      });
    terminal.stdout.setEncoding('utf8').on('data', (text: string) => shown.push(text));
    const ended = new Promise((resolve) => terminal.on('close', resolve));
    await printed('name?');
    terminal.stdin.write('world\n');
    await printed('hello world');
    terminal.stdin.write('\u0003');
    assert.equal(await ended, 9, shown.join(''));
    assert.equal(shown.join('').split('caught').length, 2, 'one signal');
  });

  test('at a terminal, a signal to the gate reaches the command and its descendants', {
    skip: skip || !hasScript,
  }, async () => {
    await using cluster = await startCluster(small);
    const [file, pids, own] = await Promise.all(
      ['command.sh', 'pids', 'own'].map(async (name) => join(temporaryFolder(), name)),
    );
    const inner = `sh -c "sleep 1000; true" & echo $! >> ${pids}; echo $$ >> ${pids}; echo "rea""dy"; wait`;
    await writeFile(
      `${file}`,
      `echo $$ > ${own}; exec '${process.execPath}' dist/cli.cjs ${(await flagsFor(cluster)).join(' ')} -- sh -c '${inner}'`,
    );
    const terminal = spawn('script', ['-qec', `exec sh ${file}`, '/dev/null'], { env: { PATH, TERM: 'dumb' } });
    await new Promise<void>((resolve) =>
      terminal.stdout
        .setEncoding('utf8')
        .on('data', (text: string) => (text.includes('ready') ? resolve() : undefined)),
    );
    process.kill(Number(await readFile(`${own}`, 'utf8')), 'SIGTERM');
    assert.equal(await new Promise((resolve) => terminal.on('close', resolve)), 143);
    await assertGone(`${pids}`, 2);
  });
});
