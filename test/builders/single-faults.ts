import type { Fault } from './faults.ts';
import { equipmentFaults } from './faults-of-equipment.ts';
import { etcdFaults } from './faults-of-etcd.ts';
import { kubernetesFaults } from './faults-of-kubernetes.ts';
import { kubernetesApiFaults } from './faults-of-kubernetes-api.ts';
import { machineFaults } from './faults-of-machines.ts';
import { upgradeFaults } from './faults-of-upgrades.ts';

/** A fault that leaves one check unresolved, on one node or on the cluster. All other findings pass or are blocked by it. */
export interface SingleFault {
  readonly name: string;
  readonly check: string;
  readonly node?: string;
  /** The fault costs a vote in etcd: two such faults cost the quorum. */
  readonly costsVote?: true;
  readonly fault: Fault;
}

export function subjectOf({ check, node }: SingleFault): string {
  return node === undefined ? check : `${check} ${node}`;
}

export const singleFaults: readonly SingleFault[] = [
  ...machineFaults,
  ...equipmentFaults,
  ...etcdFaults,
  ...kubernetesFaults,
  ...kubernetesApiFaults,
  ...upgradeFaults,
];
