import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaultArguments } from '../../sim/faults/fault.ts';
import type { FaultName } from '../../sim/faults/faults.ts';

/** The commands of the simulated cluster's process. */
export type Order =
  | { readonly do: 'latency'; readonly milliseconds: number }
  | { readonly do: 'fault'; readonly name: FaultName; readonly node?: string; readonly args?: FaultArguments }
  | { readonly do: 'heal' }
  | { readonly do: 'stop' };

/** A simulated cluster in a process of its own. */
export interface BenchCluster extends AsyncDisposable {
  readonly talosconfig: string;
  /** What the floor's client is told. */
  readonly floor: string;
  /** Gives epoch milliseconds: when it began to be done. */
  tell(order: Order): Promise<number>;
}

const program = fileURLToPath(new URL('cluster-process.ts', import.meta.url));

export async function openCluster(controlPlanes: number, workers: number): Promise<BenchCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'talos-health-bench-'));
  const child = fork(program, [folder, String(controlPlanes), String(workers)], { stdio: 'inherit' });
  const ended = once(child, 'exit');

  async function answer(): Promise<number> {
    const [at] = await Promise.race([once(child, 'message'), ended.then(() => [])]);
    if (typeof at !== 'number') {
      throw new Error('the simulated cluster ended; its own words are above');
    }
    return at;
  }

  async function tell(order: Order): Promise<number> {
    child.send(order);
    return await answer();
  }

  await answer();
  return {
    talosconfig: join(folder, 'talosconfig'),
    floor: join(folder, 'floor.json'),
    tell,
    [Symbol.asyncDispose]: async () => {
      child.send({ do: 'stop' } satisfies Order);
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}
