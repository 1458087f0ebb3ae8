import { type ChildProcess, spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A command and its descendants, which can be signalled together. */
export interface ProcessGroup {
  /** @returns whether any process was signalled; signal 0 only tests for existence */
  signal(name: NodeJS.Signals | 0): boolean;
}

/** Whether this process has a controlling terminal. A Windows console counts: it also sends Ctrl-C to all its processes. */
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

/** The process group that this child leads. It includes descendants, even those whose parent has exited. */
export function ownGroup({ pid }: ChildProcess): ProcessGroup {
  return { signal: (name) => pid !== undefined && signalOne(-pid, name) };
}

/**
 * At a terminal, a command stays in the group of this process: only the
 * foreground group can read from the terminal and receives Ctrl-C. The group may
 * include other processes, such as a calling script, so only descendants are signalled.
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

/** Empty if the system cannot list processes. */
function descendants(pid: number): readonly number[] {
  if (process.platform === 'win32') {
    return [];
  }
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid,ppid'], { encoding: 'utf8', timeout: 1000 });
  const all = [...(stdout ?? '').matchAll(/^\s*(\d+)\s+(\d+)\s*$/gm)].map(([, id, parent]) => ({
    id: Number(id),
    parent: Number(parent),
  }));
  const children = Map.groupBy(all, ({ parent }) => parent);
  const below = (ancestor: number): number[] => (children.get(ancestor) ?? []).flatMap(({ id }) => [id, ...below(id)]);
  return below(pid);
}

/** The time between SIGTERM and SIGKILL, in milliseconds. */
const gracePeriod = 1000;
const checkInterval = 20;

/** Ends the processes that are left: with SIGTERM, then with SIGKILL. */
export async function endGroup(group: ProcessGroup): Promise<void> {
  let left = group.signal('SIGTERM');
  for (let waited = 0; left && waited < gracePeriod; waited += checkInterval) {
    await pause(checkInterval);
    left = group.signal(0);
  }
  if (left) {
    group.signal('SIGKILL');
  }
}
