import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { Probe } from '../../talos/model/network.ts';

/** Probes of the machine configuration that do not succeed. */
export function failedProbes({ probes }: NodeSnapshot): readonly Probe[] {
  return probes.ok ? probes.value.filter(({ success }) => !success) : [];
}
