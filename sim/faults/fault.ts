import type { NodeState } from '../model/node-state.ts';
import type { ClusterState } from '../model/state.ts';
import { updateNode } from '../model/state.ts';

/** What a fault may be told besides its node; each fault says what it uses. */
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
  /** For every fault: it is over after so long of the cluster's clock. */
  readonly seconds?: number;
}

/** Something that goes wrong, named and described. It changes causes only; what follows, follows. */
export interface Fault {
  /** On what it falls: any node, a control plane, or the cluster as a whole. */
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
