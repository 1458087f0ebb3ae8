import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaultArguments } from '../../sim/faults/fault.ts';
import type { FaultName } from '../../sim/faults/faults.ts';

/** The commands of the process of the simulated cluster. */
export type Command =
  | { readonly do: 'latency'; readonly milliseconds: number }
  | { readonly do: 'fault'; readonly name: FaultName; readonly node?: string; readonly args?: FaultArguments }
  | { readonly do: 'heal' }
  | { readonly do: 'stop' };

/** A simulated cluster in a separate process. */
export interface BenchCluster extends AsyncDisposable {
  readonly talosconfig: string;
  /** The path of the JSON file for the client of the floor. */
  readonly floor: string;
  /** Sends a command, and resolves with the start of its execution, in epoch milliseconds. */
  send(command: Command): Promise<number>;
}

const program = fileURLToPath(new URL('cluster-process.ts', import.meta.url));

export async function openCluster(controlPlanes: number, workers: number): Promise<BenchCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'talos-health-bench-'));
  const child = fork(program, [folder, String(controlPlanes), String(workers)], { stdio: 'inherit' });
  const ended = once(child, 'exit');

  async function response(): Promise<number> {
    const [at] = await Promise.race([once(child, 'message'), ended.then(() => [])]);
    if (typeof at !== 'number') {
      throw new Error('the simulated cluster ended; see its output above');
    }
    return at;
  }

  async function send(command: Command): Promise<number> {
    child.send(command);
    return await response();
  }

  await response();
  return {
    talosconfig: join(folder, 'talosconfig'),
    floor: join(folder, 'floor.json'),
    send,
    [Symbol.asyncDispose]: async () => {
      child.send({ do: 'stop' } satisfies Command);
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
