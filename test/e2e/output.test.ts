import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdir, open, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type SimulatedCluster, startCluster } from '../../sim/cluster.ts';
import { temporaryFolder } from '../builders/folder.ts';
import { assertConsistentReport } from '../builders/schema.ts';
import { runAction, runCli } from './processes.ts';

const { PATH = '' } = process.env;
const skip = process.platform !== 'linux';

async function talosconfigOf(cluster: SimulatedCluster): Promise<string> {
  const path = join(temporaryFolder(), 'talosconfig');
  await writeFile(path, cluster.talosconfig('os:reader'), { mode: 0o600 });
  return path;
}

/** The reader of the output is gone, its disk is full, or its reader does not read. */
type Sink = 'gone' | 'full' | 'idle';

/** The exit code of a bundle with this standard output and standard error. */
async function codeWith(sink: Sink, bundle: string, args: readonly string[], env: Record<string, string> = {}) {
  const pipe = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const file = await open(sink === 'idle' ? pipe : '/dev/full', 'r+');
  const to = sink === 'gone' ? ('pipe' as const) : file.fd;
  const child = spawn(process.execPath, [join('dist', bundle), ...args], {
    env: { PATH, ...env },
    stdio: ['ignore', to, to],
  });
  if (sink === 'gone') {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
  const code = await new Promise((resolve) => child.on('exit', resolve));
  await file.close();
  return code;
}

// Concurrent, because the tests mostly wait.
describe('failures of output and files', { concurrency: 3 }, () => {
  for (const sink of ['gone', 'full'] as const) {
    test(`if the output is ${sink}, the exit code and the report are the same`, { skip }, async () => {
      await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
      const talosconfig = await talosconfigOf(cluster);
      const report = join(temporaryFolder(), 'report.json');
      const flags = ['--talosconfig', talosconfig, '--wait-timeout=0', '--report-file', report];
      const runs: readonly (readonly [args: readonly string[], code: number])[] = [
        [flags, 0],
        [[...flags, '--output', 'json'], 0],
        [[...flags, '--', 'sh', '-c', 'exit 7'], 7],
        [[...flags, '--after', '--', 'true'], 0],
      ];
      for (const [args, code] of runs) {
        await writeFile(report, '');
        assert.equal(await codeWith(sink, 'cli.cjs', args), code, args.join(' '));
        assertConsistentReport(await readFile(report, 'utf8'));
      }
      await cluster.fault('node-cordoned', 'worker-1');
      await writeFile(report, '');
      assert.equal(await codeWith(sink, 'cli.cjs', flags), 1);
      assert.equal(JSON.parse(await readFile(report, 'utf8')).verdict, 'unhealthy');
      for (const [args, code] of [
        [['--help'], 0],
        [['checks'], 0],
        [['checks', '-o', 'json'], 0],
        [['explain', 'etcd-quorum'], 0],
        [['explain', 'nothing'], 2],
        [['demo', '--scenario', 'list'], 0],
        [['demo', '--scenario', 'cordoned', '--wait-timeout=0'], 1],
        [['--wait-timeout', 'soon'], 2],
      ] as const) {
        assert.equal(await codeWith(sink, 'cli.cjs', args), code, args.join(' '));
      }
    });

    test(`if the output of the action is ${sink}, its exit code, outputs, summary and report are the same`, {
      skip,
    }, async () => {
      await using cluster = await startCluster({ controlPlanes: 1, workers: 1 });
      await cluster.fault('node-cordoned', 'worker-1');
      const temp = temporaryFolder();
      const [output, summary, report] = [join(temp, 'output'), join(temp, 'summary'), join(temp, 'report.json')];
      await Promise.all([output, summary].map((file) => writeFile(file, '')));
      const code = await codeWith(sink, 'action.cjs', [], {
        RUNNER_TEMP: temp,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summary,
        INPUT_TALOSCONFIG: cluster.talosconfig('os:reader'),
        'INPUT_WAIT-TIMEOUT': '0',
        'INPUT_REPORT-FILE': report,
      });
      assert.equal(code, 1);
      assertConsistentReport(await readFile(report, 'utf8'));
      assert.match(await readFile(output, 'utf8'), /^verdict<<.*\nunhealthy\n/m);
      assert.match(await readFile(summary, 'utf8'), /^## ❌ /);
    });
  }

  test('if the reader of the output does not read, the gate still ends', { skip }, async () => {
    await using cluster = await startCluster({ controlPlanes: 3, workers: 20 });
    const flags = ['--talosconfig', await talosconfigOf(cluster), '--wait-timeout=0', '-o', 'json'];
    assert.equal(await codeWith('idle', 'cli.cjs', flags), 0);
  });

  test('if the report cannot be written, the verdict is the same and the reason is printed', { skip }, async () => {
    await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
    const talosconfig = await talosconfigOf(cluster);
    const temp = temporaryFolder();
    const pipe = join(temp, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const [path, reason] of [
      ['/proc/nothing/below/report.json', /ENOENT/],
      ['/dev/full', /ENOSPC/],
      [temp, /EISDIR/],
      [join(talosconfig, 'report.json'), /ENOTDIR/],
      [pipe, /nobody reads it/],
    ] as const) {
      const { code, stderr, stdout } = await runCli(
        ['--talosconfig', talosconfig, '--wait-timeout=0', '--report-file', path],
        { PATH },
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^✅ demo: healthy/m);
      const messages = stderr.split('\n').filter((line) => line.startsWith('the report could not be written to '));
      assert.equal(messages.length, 1, stderr);
      assert.match(messages.join(), reason);
    }
    const { code, stdout, outputs } = await runAction({
      talosconfig: cluster.talosconfig('os:reader'),
      'wait-timeout': '0',
      'report-file': pipe,
    });
    assert.deepEqual([code, outputs['report'], outputs['verdict']], [0, '', 'healthy']);
    assert.match(stdout, /::warning::the report could not be written to .*: nobody reads it/);
  });

  const lease = `
import fcntl, os, sys, signal, time
signal.signal(signal.SIGIO, signal.SIG_IGN)
fd = os.open(sys.argv[1], os.O_WRONLY)
fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("held", flush=True)
time.sleep(600)
`;
  const hasPython = ((): boolean => {
    try {
      return execFileSync('python3', ['-c', 'print(1)'], { encoding: 'utf8' }) === '1\n';
    } catch {
      return false;
    }
  })();

  test('if the file system hangs, the gate still ends', { skip: skip || !hasPython }, async (t) => {
    await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
    const talosconfig = await talosconfigOf(cluster);
    // Opening a file blocks while another process holds a lease, as on a file server that does not respond.
    const held = join(temporaryFolder(), 'held');
    await writeFile(held, '');
    const holder = spawn('python3', ['-c', lease, held], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => holder.kill('SIGKILL'));
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const hang = join(temporaryFolder(), 'hang.cjs');
    await writeFile(
      hang,
      `const fs = require('node:fs/promises'); const { lstat } = fs;
    fs.lstat = (path, ...rest) => (path.endsWith('hanging') ? fs.open(${JSON.stringify(held)}, 'w') : lstat(path, ...rest));`,
    );
    const { code, stderr } = await runCli(
      ['--talosconfig', talosconfig, '--wait-timeout=0', '--report-file', join(temporaryFolder(), 'hanging')],
      { PATH, NODE_OPTIONS: `--require=${hang}` },
    );
    assert.equal(code, 0, stderr);
    assert.match(stderr, /the report could not be written to .*: it took longer than 3 seconds/);
  });

  test('a report replaces a file atomically, and links, pipes and devices are written in place', { skip }, async () => {
    await using cluster = await startCluster({ controlPlanes: 1, workers: 0 });
    const flags = ['--talosconfig', await talosconfigOf(cluster), '--wait-timeout=0'];
    const temp = temporaryFolder();
    const write = async (path: string): Promise<void> => {
      const { code, stderr } = await runCli([...flags, '--report-file', path], { PATH });
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stderr, /could not be written/);
    };
    const file = join(temp, 'report.json');
    await writeFile(file, 'x'.repeat(1_000_000));
    await chmod(file, 0o640);
    const before = await stat(file);
    await write(file);
    assertConsistentReport(await readFile(file, 'utf8'));
    const after = await stat(file);
    assert.equal(after.mode, before.mode);
    assert.notEqual(after.ino, before.ino, 'the file was written in place');

    const link = join(temp, 'link.json');
    await symlink(file, link);
    await write(link);
    assert.equal((await stat(link)).ino, after.ino);
    assert.deepEqual((await readdir(temp)).toSorted(), ['link.json', 'report.json']);

    await mkdir(join(temp, 'pipes'));
    const pipe = join(temp, 'pipes', 'report');
    execFileSync('mkfifo', [pipe]);
    const read = readFile(pipe, 'utf8');
    await write(pipe);
    assertConsistentReport(await read);

    const { stdout } = await runCli([...flags, '--quiet', '--report-file', '/dev/stdout'], { PATH });
    assert.match(stdout, /^\{[\s\S]*\n\}\n✅ /);
  });
});
