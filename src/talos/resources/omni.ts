import {
  ClusterStatusSpec_Phase as ClusterPhase,
  ClusterStatusSpecSchema,
  TalosUpgradeStatusSpecSchema,
  TalosUpgradeStatusSpec_Phase as UpgradePhase,
} from '../../gen/omni/specs/omni_pb.ts';
import { resourceType } from './type.ts';

/** Resources of Sidero Omni itself. Their id is the name of the cluster. */

/** What Omni does with a cluster. */
export interface OmniCluster {
  /** A phase that is not known here is `unknown`. */
  readonly phase: 'unknown' | 'scaling up' | 'scaling down' | 'running' | 'destroying';
  readonly machines: { readonly total: number; readonly connected: number; readonly requested: number };
}

/** An upgrade of Talos by Omni. */
export interface OmniUpgrade {
  /** A phase that is not known here is `none`. */
  readonly phase: 'none' | 'upgrading' | 'failed' | 'reverting' | 'updating schematics';
  /** Texts of Omni, which may be empty. */
  readonly error: string;
  readonly step: string;
  readonly status: string;
}

export const omniClusters = resourceType<typeof ClusterStatusSpecSchema, OmniCluster>(
  'default',
  'ClusterStatuses.omni.sidero.dev',
  ClusterStatusSpecSchema,
  ({ phase, machines }) => ({
    phase: clusterPhases[phase] ?? 'unknown',
    machines: {
      total: machines?.total ?? 0,
      connected: machines?.connected ?? 0,
      requested: machines?.requested ?? 0,
    },
  }),
);

const clusterPhases: Readonly<Record<ClusterPhase, OmniCluster['phase']>> = {
  [ClusterPhase.UNKNOWN]: 'unknown',
  [ClusterPhase.SCALING_UP]: 'scaling up',
  [ClusterPhase.SCALING_DOWN]: 'scaling down',
  [ClusterPhase.RUNNING]: 'running',
  [ClusterPhase.DESTROYING]: 'destroying',
};

export const omniUpgrades = resourceType<typeof TalosUpgradeStatusSpecSchema, OmniUpgrade>(
  'default',
  'TalosUpgradeStatuses.omni.sidero.dev',
  TalosUpgradeStatusSpecSchema,
  ({ phase, error, step, status }) => ({ phase: upgradePhases[phase] ?? 'none', error, step, status }),
);

const upgradePhases: Readonly<Record<UpgradePhase, OmniUpgrade['phase']>> = {
  [UpgradePhase.Unknown]: 'none',
  [UpgradePhase.Done]: 'none',
  [UpgradePhase.Upgrading]: 'upgrading',
  [UpgradePhase.Failed]: 'failed',
  [UpgradePhase.Reverting]: 'reverting',
  [UpgradePhase.UpdatingMachineSchematics]: 'updating schematics',
};
