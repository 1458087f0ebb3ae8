import type { KubernetesNode } from '../../kubernetes/model.ts';
import type { ClusterNode } from '../../observe/cluster.ts';
import type { Snapshot } from '../../observe/snapshot.ts';
import { perSnapshot } from './per-snapshot.ts';

/** The machines of the cluster beside the nodes of Kubernetes. */
export interface Matching {
  /** By the name of the machine, where the nodes could be listed; a machine without an entry is missing there. */
  readonly ofMachine: ReadonlyMap<string, KubernetesNode>;
  /** By the name in Kubernetes. */
  readonly machineOf: ReadonlyMap<string, ClusterNode>;
  /** Nodes of Kubernetes that are no machine of the cluster. */
  readonly strangers: readonly KubernetesNode[];
}

const lower = (texts: readonly string[]): readonly string[] => texts.map((text) => text.toLowerCase());

/**
 * Who is who: by the name that Talos gave the kubelet, else by any name or
 * address that both share. talosctl compares addresses alone, and fails where
 * a machine is known by another one than its kubelet.
 */
export const kubernetesMatch = perSnapshot((snapshot): Matching => {
  const { kubernetes, cluster, nodes } = snapshot;
  const listed = kubernetes.access && kubernetes.nodes.ok ? kubernetes.nodes.value : [];
  const byName = new Map(listed.map((node) => [node.name.toLowerCase(), node]));
  const byKey = new Map(
    listed.flatMap((node) => lower(node.addresses).map((address) => [address, node] as const)).reverse(),
  );
  const nodenames = new Map(
    nodes.flatMap(({ node, nodename }) => (nodename.ok ? [[node.name, nodename.value.nodename] as const] : [])),
  );
  const ofMachine = new Map<string, KubernetesNode>();
  const machineOf = new Map<string, ClusterNode>();
  for (const machine of cluster.nodes) {
    const own = nodenames.get(machine.name);
    const keys = lower([...(own === undefined ? [] : [own]), machine.name, machine.address, ...machine.addresses]);
    const found = keys.map((key) => byName.get(key) ?? byKey.get(key)).find((node) => node !== undefined);
    if (found !== undefined) {
      ofMachine.set(machine.name, found);
      machineOf.set(found.name, machine);
    }
  }
  return { ofMachine, machineOf, strangers: listed.filter(({ name }) => !machineOf.has(name)) };
});

/** The machine in Kubernetes; `missing` where Kubernetes lists others and not this one, undefined where nobody could ask. */
export function inKubernetes(snapshot: Snapshot, machine: string): KubernetesNode | 'missing' | undefined {
  const { kubernetes } = snapshot;
  if (!kubernetes.access || !kubernetes.nodes.ok) {
    return undefined;
  }
  return kubernetesMatch(snapshot).ofMachine.get(machine) ?? 'missing';
}
