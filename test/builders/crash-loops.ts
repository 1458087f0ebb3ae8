import type { Service } from '../../src/talos/model/machine.ts';
import { now } from './snapshot.ts';

const second = 1000;

/** A service in a crash loop, between two runs. */
export function crashLooping(reason: string, id = 'kubelet'): Partial<Service> {
  const event = `Error running Containerd(${id}), going to restart forever: ${reason}`;
  return {
    state: 'Waiting',
    health: 'unhealthy',
    healthMessage: 'service not running',
    lastEvent: event,
    restarts: { reason: event, at: [17, 12, 7, 2].map((ago) => now - ago * second) },
  };
}

/** A service that runs and is healthy, after it ended this many seconds ago. */
export function runningAfter(...ends: readonly number[]): Partial<Service> {
  const reason = 'Error running Containerd(kubelet), going to restart forever: task "kubelet" failed: exit code 1';
  return { lastEvent: '', restarts: { reason, at: ends.map((ago) => now - ago * second) } };
}
