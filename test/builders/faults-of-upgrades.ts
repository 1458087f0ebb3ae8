import type { UpgradeState } from '../../src/talos/model/upgrade.ts';
import { facetFailed, onNode } from './faults.ts';
import type { SingleFault } from './single-faults.ts';
import { ok } from './snapshot.ts';

const metaHas = (node: string, upgrade: UpgradeState): SingleFault['fault'] =>
  onNode(node, () => ({ upgrade: ok(upgrade) }));

export const upgradeFaults: readonly SingleFault[] = [
  {
    name: 'upgrade not confirmed',
    check: 'upgrade-confirmed',
    node: 'cp-2',
    fault: metaHas('cp-2', { fallback: 'A' }),
  },
  {
    name: 'upgrade staged',
    check: 'upgrade-confirmed',
    node: 'worker-1',
    fault: metaHas('worker-1', { staged: 'ghcr.io/siderolabs/installer:v1.14.1' }),
  },
  {
    name: 'META not answered',
    check: 'upgrade-confirmed',
    node: 'worker-2',
    fault: facetFailed('worker-2', 'upgrade'),
  },
];
