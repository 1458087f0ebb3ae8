// Starts a simulated cluster in the background, and exits when it is ready:
//   node scripts/simulate.ts FOLDER [--fault NAME [--node NODE] [--with NAME=VALUE]…] [--role ROLE] [--ports] [--vip]
// The error message for an unknown fault lists all faults. Standard output has
// `name=value` lines for $GITHUB_OUTPUT: `talosconfig`, a path in FOLDER, and `pid`,
// the process to end. It ends by itself after an hour.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || folder.startsWith('-')) {
  throw new Error('expected a folder for the talosconfig first: node scripts/simulate.ts FOLDER');
}
const path = resolve(folder);
mkdirSync(path, { recursive: true });
const log = openSync(join(path, 'cluster.log'), 'w');
const program = fileURLToPath(new URL('simulate/cluster.ts', import.meta.url));
const child = fork(program, [path, ...rest], { detached: true, stdio: ['ignore', log, log, 'ipc'] });
closeSync(log);
const failed = once(child, 'exit').then(() => {
  throw new Error(`the simulated cluster did not start; ${join(path, 'cluster.log')} says why`);
});
await Promise.race([once(child, 'message'), failed]);
child.disconnect();
child.unref();
console.log(`talosconfig=${join(path, 'talosconfig')}\npid=${child.pid}`);
