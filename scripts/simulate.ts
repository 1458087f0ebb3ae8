// Starts a simulated cluster in the background: see scripts/simulate/options.ts, or --help.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { paths } from './simulate/files.ts';
import { parseOptions, UsageError, usage } from './simulate/options.ts';

/** @throws if the cluster does not start; its log says why */
async function start(folder: string, args: readonly string[], omni: boolean): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, 'cluster.log'), 'w');
  const program = fileURLToPath(new URL('simulate/cluster.ts', import.meta.url));
  const child = fork(program, args, { detached: true, stdio: ['ignore', log, log, 'ipc'] });
  closeSync(log);
  const failed = once(child, 'exit').then(() => {
    throw new Error(`the simulated cluster did not start; ${join(folder, 'cluster.log')} says why`);
  });
  await Promise.race([once(child, 'message'), failed]);
  child.disconnect();
  child.unref();
  const { talosconfig, serviceAccountKey, ca } = paths(folder);
  const ofOmni = [`service-account-key=${serviceAccountKey}`, `ca=${ca}`];
  console.log([`talosconfig=${talosconfig}`, ...(omni ? ofOmni : []), `pid=${child.pid}`].join('\n'));
}

const args = process.argv.slice(2);
try {
  const options = parseOptions(args);
  if (options === 'help') process.stdout.write(usage);
  else await start(resolve(options.folder), args, options.omni !== undefined);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\nRun it with --help for its flags.`);
  process.exitCode = 2;
}
