import type { NodeState } from '../model/node-state.ts';
import type { ClusterState } from '../model/state.ts';
import { updateNode } from '../model/state.ts';

/** Parameters of a fault besides its node; each fault documents which it uses. */
export interface FaultArguments {
  readonly service?: string;
  readonly pod?: string;
  readonly message?: string;
  readonly id?: string;
  readonly condition?: string;
  readonly reason?: string;
  readonly mebibytes?: number;
  /** Name of another node or member of etcd. */
  readonly member?: string;
  readonly address?: string;
  readonly type?: string;
  readonly part?: string;
  readonly milliseconds?: number;
  readonly percent?: number;
  /** For every fault: heals after this time of the cluster's clock. */
  readonly seconds?: number;
}

/** A named fault. It changes causes only; the effects are derived. */
export interface Fault {
  /** The target: any node, a control plane node, or the whole cluster. */
  readonly target: 'node' | 'control-plane' | 'cluster';
  readonly description: string;
  /** `node` is the name of the target, empty for the cluster. */
  apply(state: ClusterState, node: string, args: FaultArguments): ClusterState;
}

export function nodeFault(
  description: string,
  change: (node: NodeState, args: FaultArguments, state: ClusterState) => NodeState,
): Fault {
  return faultOn('node', description, change);
}

export function controlPlaneFault(
  description: string,
  change: (node: NodeState, args: FaultArguments, state: ClusterState) => NodeState,
): Fault {
  return faultOn('control-plane', description, change);
}

export function clusterFault(
  description: string,
  change: (state: ClusterState, args: FaultArguments) => ClusterState,
): Fault {
  return { target: 'cluster', description, apply: (state, _node, args) => change(state, args) };
}

function faultOn(
  target: 'node' | 'control-plane',
  description: string,
  change: (node: NodeState, args: FaultArguments, state: ClusterState) => NodeState,
): Fault {
  return {
    target,
    description,
    apply: (state, name, args) => updateNode(state, name, (node) => change(node, args, state)),
  };
}
