import { content, type ResourceContent } from '../cosi/content.ts';
import type { ResourceType } from '../cosi/types.ts';
import {
  ClusterStatusSpec_Phase,
  ClusterStatusSpecSchema,
  TalosUpgradeStatusSpec_Phase,
  TalosUpgradeStatusSpecSchema,
} from '../gen/omni/specs/omni_pb.ts';
import { omniClusterStatus } from '../model/omni.ts';
import type { World } from '../world.ts';

function define(singular: string): ResourceType {
  return {
    type: `${singular}es.omni.sidero.dev`,
    singular,
    namespace: 'default',
    owner: `${singular}Controller`,
    sensitive: false,
  };
}

const clusterStatus = define('ClusterStatus');
const upgradeStatus = define('TalosUpgradeStatus');

/** Omni's own resources of its cluster, each under the name of the cluster. Of Omni's types these are all that there are here. */
export function omniResources({ state, trouble }: World): readonly ResourceContent[] {
  const { clusterName } = state.scenario;
  const cluster = omniClusterStatus(state, trouble);
  const upgrade = { phase: 'Done', error: '', step: '', status: '', ...state.omni.upgrade } as const;
  return [
    content(
      clusterStatus,
      clusterName,
      ClusterStatusSpecSchema,
      { ...cluster, phase: ClusterStatusSpec_Phase[cluster.phase] },
      cluster,
    ),
    content(
      upgradeStatus,
      clusterName,
      TalosUpgradeStatusSpecSchema,
      { ...upgrade, phase: TalosUpgradeStatusSpec_Phase[upgrade.phase] },
      upgrade,
    ),
  ];
}
