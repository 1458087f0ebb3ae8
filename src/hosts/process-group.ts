import { type ChildProcess, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A command and what it has started, as far as signals reach them. */
export interface ProcessGroup {
  /** @returns whether there was anybody */
  signal(name: NodeJS.Signals | 0): boolean;
}

/** Whether this process belongs to a terminal. A Windows console counts: it too tells all its processes of Ctrl-C. */
export function isAtTerminal(): boolean {
  if (process.platform === 'win32') {
    return true;
  }
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return true;
  } catch {
    return false;
  }
}

function signalOne(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/** A group of its own, whose first process this child is. It holds the children of children too, also those whose parent is gone. */
export function ownGroup({ pid }: ChildProcess): ProcessGroup {
  return { signal: (name) => pid !== undefined && signalOne(-pid, name) };
}

/**
 * At a terminal a command stays in the group of this process: of another one
 * the terminal would not take keys, nor tell it of Ctrl-C. The group may hold
 * others too, such as the script that calls, so only descendants are meant.
 */
export function sharedGroup(child: ChildProcess): ProcessGroup {
  return {
    signal: (name) => {
      const pids = child.pid === undefined || child.pid <= 0 ? [] : descendants(child.pid);
      const reached = child.exitCode === null && child.signalCode === null && child.kill(name);
      return pids.map((pid) => signalOne(pid, name)).some(Boolean) || reached;
    },
  };
}

/** None where this system cannot tell. */
function descendants(pid: number): readonly number[] {
  if (process.platform === 'win32') {
    return [];
  }
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid,ppid'], { encoding: 'utf8', timeout: 1000 });
  const all = [...(stdout ?? '').matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)].map(([, own, parent]) => ({
    own: Number(own),
    parent: Number(parent),
  }));
  const children = Map.groupBy(all, ({ parent }) => parent);
  const below = (one: number): number[] => (children.get(one) ?? []).flatMap(({ own }) => [own, ...below(own)]);
  return below(pid);
}

/** How long what a command leaves behind may take to end, in milliseconds. */
const longestEnd = 1000;
const pace = 20;

/** Ends whoever is left, in good time. */
export async function endGroup(group: ProcessGroup): Promise<void> {
  let left = group.signal('SIGTERM');
  for (let waited = 0; left && waited < longestEnd; waited += pace) {
    await pause(pace);
    left = group.signal(0);
  }
  if (left) {
    group.signal('SIGKILL');
  }
}
