import { diagnose } from '../../src/diagnosis/diagnose.ts';
import type { RootCause } from '../../src/diagnosis/root-cause.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import type { CheckOptions } from '../../src/inputs/options.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { options } from './evaluate.ts';
import { type Fault, withFaults } from './faults.ts';
import { withKubernetes } from './kubernetes.ts';
import { healthySnapshot } from './snapshot.ts';

/** The root causes of a snapshot. */
export function causesOf(snapshot: Snapshot, given: Partial<CheckOptions> = {}): readonly RootCause[] {
  return diagnose(evaluate(snapshot, { ...options, ...given }), snapshot);
}

/** The root causes of a cluster of 3 control planes and 2 workers with these faults. */
export function causesWith(...faults: readonly Fault[]): readonly RootCause[] {
  return causesOf(withFaults(withKubernetes(healthySnapshot()), ...faults));
}

/** A root cause on one line: `dead-worker worker-1: …`. */
export function line({ id, blames, nodes, title }: RootCause): string {
  return `${id} ${blames === 'nodes' ? nodes.join() : blames}: ${title}`;
}
