import { nodeFault } from './fault.ts';

/** States in which an upgrade can leave a machine. `sim/upgrade.ts` plays how it gets there. */
export const upgradeFaults = {
  'upgrade-unconfirmed': nodeFault(
    'The boot loader still goes back to the entry before if the next boot fails (message; A).',
    (node, args) => ({ ...node, upgrade: { ...node.upgrade, fallback: args.message ?? 'A' } }),
  ),
  'upgrade-staged': nodeFault(
    'An upgrade is staged: the next boot installs it (message; ghcr.io/siderolabs/installer:v1.14.1).',
    (node, args) => ({
      ...node,
      upgrade: { ...node.upgrade, staged: args.message ?? 'ghcr.io/siderolabs/installer:v1.14.1' },
    }),
  ),
  'reboot-requested': nodeFault('A reboot of the machine is due.', (node) => ({ ...node, rebootRequested: true })),
  rebooted: nodeFault('The machine has booted once more: that is no fault.', (node) => ({
    ...node,
    boots: node.boots + 1,
  })),
  'without-extensions': nodeFault(
    'The image of the machine has no system extensions, as after an upgrade to the plain installer.',
    (node) => ({ ...node, extensions: [], schematic: '' }),
  ),
  'other-schematic': nodeFault('The image of the machine is of another schematic (id).', (node, args) => ({
    ...node,
    schematic: args.id ?? '376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba',
  })),
} as const;
