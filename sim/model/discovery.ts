import type { NodeState } from './node-state.ts';
import type { ClusterState } from './state.ts';

/** The machines that this one's discovery lists, itself included. */
export function membersKnownTo(state: ClusterState, viewer: NodeState): readonly NodeState[] {
  return state.nodes.filter((node) => knowsMember(state, viewer, node));
}

/** A machine always lists itself, whatever it has heard of the others; without a configuration it lists nobody. */
export function knowsMember({ scenario }: ClusterState, viewer: NodeState, node: NodeState): boolean {
  if (!scenario.discovery || viewer.presence === 'maintenance') return false;
  if (node.name === viewer.name) return true;
  return node.discovered && (viewer.knownMembers?.includes(node.name) ?? true);
}
