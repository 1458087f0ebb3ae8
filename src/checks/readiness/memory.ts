import { nodeCheck } from '../define.ts';
import { isContainer } from '../facts/machine-status.ts';
import { hint, pass, pending, skip } from '../outcome.ts';
import { talosctl } from '../text.ts';

const MiB = 1024 * 1024;

/** Minimum in MiB: Talos requires 1848 and 1024 MiB, of which the kernel keeps 150 MiB. */
const least = { controlplane: 1698, worker: 874 } as const;
const names = { controlplane: 'a control plane', worker: 'a worker' } as const;

export const memory = nodeCheck({
  id: 'memory',
  stage: 'readiness',
  scope: 'node',
  title: 'the machine has enough memory',
  explanation: 'The machine has less memory than Talos needs for its role: processes will be killed.',
  requires: ['api-reachable'],
  reads: ['memory'],
  alsoReads: ['version'],
  docs: {
    pending: 'a control plane has less than 1698 MiB, or a worker less than 874 MiB',
    skip: 'Talos runs in a container',
    talosctl: '"all nodes memory sizes", the same numbers',
    reports: ['siderolabs/talos#6467'],
    advice: 'Give the machine more memory',
    commands: ['talosctl -n 10.0.0.2 memory'],
  },
  unless: ({ node }) =>
    isContainer(node) ? skip('Talos runs in a container, which has no memory of its own') : undefined,
  evaluate({ memory }, { node }) {
    const { role } = node.node;
    const size = `${Math.floor(memory / MiB)} MiB`;
    return memory >= least[role] * MiB
      ? pass(size)
      : pending(
          `${size} of memory, ${names[role]} needs at least ${least[role]} MiB`,
          hint('Give the machine more memory.', talosctl(node, 'memory')),
        );
  },
});
