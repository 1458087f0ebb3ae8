import { runningNode, takenBack } from './initial.ts';
import type { NodeState } from './node-state.ts';
import { type Change, findNode, updateNode } from './state.ts';

/** What is left of a worker for a while after it has gone. */
export interface Remains {
  /** The discovery service still lists it. */
  readonly discovered?: boolean;
  /** Kubernetes still has its node. */
  readonly registered?: boolean;
}

/** A spare worker is switched on and is a part of the cluster at once. */
export function join(name: string): Change {
  return (state) =>
    updateNode(state, name, (node) => {
      if (!node.spare) throw new Error(`${name} cannot join the simulated cluster: it is a part of it already`);
      return runningNode(state.scenario, name, node.role, node.address);
    });
}

/** A worker is taken out of the cluster: it is off, and neither Talos nor Kubernetes knows it any more. */
export function leave(name: string, { discovered = false, registered = false }: Remains = {}): Change {
  return (state) => {
    if (findNode(state, name).role !== 'worker') throw new Error(`${name} is no worker: only workers come and go`);
    return updateNode(state, name, (node): NodeState => {
      const gone = takenBack(node);
      return { ...gone, discovered, kubernetes: { ...gone.kubernetes, registered } };
    });
  };
}
