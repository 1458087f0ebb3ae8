import type { FaultArguments } from '../../../sim/faults/fault.ts';
import { type FaultName, faultChange } from '../../../sim/faults/faults.ts';
import { runningCluster } from '../../../sim/model/initial.ts';
import { defineScenario, nodeNames, type Scenario } from '../../../sim/model/scenario.ts';
import type { ClusterState } from '../../../sim/model/state.ts';

/** A healthy cluster whose nodes have the addresses 10.5.0.1, 10.5.0.2, …. */
export function healthyCluster(overrides: Partial<Scenario> = {}): ClusterState {
  const scenario = defineScenario(overrides);
  const addresses = new Map(nodeNames(scenario).map(({ name }, index) => [name, `10.5.0.${index + 1}`]));
  return runningCluster(scenario, addresses, scenario.vip ? '10.5.0.253' : undefined);
}

export function withFault(
  state: ClusterState,
  name: FaultName,
  node?: string,
  args: FaultArguments = {},
): ClusterState {
  return faultChange(state, name, node, args)(state);
}
