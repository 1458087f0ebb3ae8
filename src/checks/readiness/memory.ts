import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { hint, pass, pending, skip, unreadable } from '../outcome.ts';
import { talosctl } from '../text.ts';

const MiB = 1024 * 1024;

/** MiB. What Talos itself demands: 1848 and 1024 MiB, less 150 MiB that the kernel keeps. */
const least = { controlplane: 1698, worker: 874 } as const;
const names = { controlplane: 'a control plane', worker: 'a worker' } as const;

function evaluate(node: NodeSnapshot): Outcome {
  if (node.version.ok && node.version.value.mode === 'container') {
    return skip('Talos runs in a container, which has no memory of its own');
  }
  if (!node.memory.ok) {
    return unreadable(node, node.memory.error, 'the memory size');
  }
  const { role } = node.node;
  const size = `${Math.floor(node.memory.value / MiB)} MiB`;
  return node.memory.value >= least[role] * MiB
    ? pass(size)
    : pending(
        `${size} of memory, ${names[role]} needs at least ${least[role]} MiB`,
        hint('Give the machine more memory.', talosctl(node, 'memory')),
      );
}

export const memory: NodeCheck = {
  id: 'memory',
  stage: 'readiness',
  scope: 'node',
  title: 'the machine has enough memory',
  explanation: 'The machine has less memory than Talos needs for its role: processes will be killed.',
  requires: ['api-reachable'],
  watches: [],
  evaluate,
};
