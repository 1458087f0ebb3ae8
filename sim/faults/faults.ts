import { type Change, type ClusterState, findNode } from '../model/state.ts';
import { addressFaults } from './addresses.ts';
import { discoveryFaults } from './discovery.ts';
import { equipmentFaults } from './equipment.ts';
import { etcdFaults } from './etcd.ts';
import type { Fault, FaultArguments } from './fault.ts';
import { kubernetesFaults } from './kubernetes.ts';
import { machineFaults } from './machine.ts';
import { serviceFaults } from './services.ts';
import { upgradeFaults } from './upgrade.ts';
import { workloadFaults } from './workloads.ts';

/** All faults, by name. */
export const faults = {
  ...machineFaults,
  ...equipmentFaults,
  ...addressFaults,
  ...discoveryFaults,
  ...serviceFaults,
  ...etcdFaults,
  ...kubernetesFaults,
  ...workloadFaults,
  ...upgradeFaults,
} as const;

export type FaultName = keyof typeof faults;

/** The change that a fault makes; throws if the fault does not apply to its target. */
export function faultChange(
  state: ClusterState,
  name: FaultName,
  node: string | undefined,
  args: FaultArguments,
): Change {
  const fault: Fault = faults[name];
  if (fault.target === 'cluster') {
    if (node !== undefined)
      throw new Error(`the fault ${name} falls on the whole cluster: it takes no node, but was given ${node}`);
    return (current) => fault.apply(current, '', args);
  }
  if (node === undefined) throw new Error(`the fault ${name} falls on a ${fault.target}: name the node`);
  const { role } = findNode(state, node);
  if (fault.target === 'control-plane' && role === 'worker') {
    throw new Error(`the fault ${name} falls on a control plane: ${node} is a worker`);
  }
  return (current) => fault.apply(current, node, args);
}
