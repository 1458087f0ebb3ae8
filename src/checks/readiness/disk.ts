import type { Facet } from '../../observe/facets/facet.ts';
import { nodeCheck } from '../define.ts';
import { isContainer } from '../facts/machine-status.ts';
import { hint, pass, pending, skip } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

const MiB = 1024 * 1024;

/**
 * Minimum size in MiB. Talos requires a disk of 6 GiB, of which the EFI partition takes 2101 MiB, STATE 100 MiB, META
 * 1 MiB, and the partition table with its alignment 10 MiB.
 */
const least = 6 * 1024 - 2101 - 100 - 1 - 10;

const isRefused = (facet: Facet<unknown>): boolean => !facet.ok && facet.error.kind === 'not-authorized';

export const disk = nodeCheck({
  id: 'disk',
  stage: 'readiness',
  scope: 'node',
  title: 'the machine has enough disk space',
  explanation: 'The EPHEMERAL volume, which holds /var, is too small or could not be set up.',
  requires: ['api-reachable'],
  reads: ['ephemeral'],
  alsoReads: ['volumes', 'version'],
  docs: {
    pending: 'the volume failed, is missing, or has less than 3932 MiB (6 GiB less what Talos needs besides)',
    skip: 'Talos runs in a container, or the version of Talos does not expose the volumes to a reader',
    talosctl: '"all nodes disk sizes"; a volume that failed or is missing passes there',
    reports: ['siderolabs/talos#11752', 'siderolabs/talos#9394'],
    advice: 'Give the machine a larger disk, or see what is wrong with the one that it has',
    commands: ['talosctl -n 10.0.0.2 get volumestatus EPHEMERAL -o yaml', 'talosctl -n 10.0.0.2 get disks'],
  },
  unless({ node }) {
    if (isContainer(node)) {
      return skip('Talos runs in a container, which has no disk of its own');
    }
    return isRefused(node.ephemeral) && isRefused(node.volumes)
      ? skip('this version of Talos does not expose the volumes to a reader')
      : undefined;
  },
  evaluate({ ephemeral }, { node }) {
    const { phase, size, errorMessage } = ephemeral;
    const volumes = talosctl(node, 'get volumestatus EPHEMERAL -o yaml');
    if (phase === 'failed' || phase === 'missing') {
      return pending(
        withReason(`the EPHEMERAL volume is ${phase}`, errorMessage),
        hint(
          'Talos could not set up the volume that holds /var: check the disk.',
          volumes,
          talosctl(node, 'get disks'),
        ),
      );
    }
    const words = `${Math.floor(size / MiB)} MiB`;
    return size >= least * MiB
      ? pass(words)
      : pending(
          `the EPHEMERAL volume has ${words}${phase === 'ready' ? '' : ` (it is ${phase})`}, and needs at least ${least} MiB`,
          hint('Give the machine a larger disk: Talos needs 6 GiB.', volumes),
        );
  },
});
