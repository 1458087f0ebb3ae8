import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { hint, pass, pending, skip, unreadable } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

const MiB = 1024 * 1024;

/**
 * MiB. Talos needs a disk of 6 GiB; of that, 2101 MiB are its EFI partition,
 * 100 MiB STATE, 1 MiB META and 10 MiB the partition table with alignment.
 */
const least = 6 * 1024 - 2101 - 100 - 1 - 10;

function evaluate(node: NodeSnapshot): Outcome {
  if (node.version.ok && node.version.value.mode === 'container') {
    return skip('Talos runs in a container, which has no disk of its own');
  }
  if (!node.ephemeral.ok) {
    return unreadable(node, node.ephemeral.error, 'the status of the EPHEMERAL volume');
  }
  const { phase, size, errorMessage } = node.ephemeral.value;
  const volumes = talosctl(node, 'get volumestatus EPHEMERAL -o yaml');
  if (phase === 'failed' || phase === 'missing') {
    return pending(
      withReason(`the EPHEMERAL volume is ${phase}`, errorMessage),
      hint('Talos could not set up the volume that holds /var: check the disk.', volumes, talosctl(node, 'get disks')),
    );
  }
  const words = `${Math.floor(size / MiB)} MiB`;
  return size >= least * MiB
    ? pass(words)
    : pending(
        `the EPHEMERAL volume has ${words}${phase === 'ready' ? '' : ` (it is ${phase})`}, and needs at least ${least} MiB`,
        hint('Give the machine a larger disk: Talos needs 6 GiB.', volumes),
      );
}

export const disk: NodeCheck = {
  id: 'disk',
  stage: 'readiness',
  scope: 'node',
  title: 'the machine has enough disk space',
  explanation: 'The EPHEMERAL volume, which holds /var, is too small or could not be set up.',
  requires: ['api-reachable'],
  watches: ['volumes'],
  evaluate,
};
