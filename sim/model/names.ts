import type { ClusterState, NodeState } from './state.ts';

/** Whether an address or a name, as DNS has it, leads to the machine: short or fully qualified, in any case. */
export function isCalled({ scenario }: ClusterState, node: NodeState, target: string): boolean {
  const wanted = target.toLowerCase();
  return [
    node.address,
    ...[node.name, node.hostname, node.nodename].flatMap((name) => [name, `${name}.${scenario.domain}`]),
  ].includes(wanted);
}
