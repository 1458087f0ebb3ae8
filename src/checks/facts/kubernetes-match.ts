import type { KubernetesNode } from '../../kubernetes/model.ts';
import type { ClusterNode } from '../../observe/cluster.ts';
import type { Snapshot } from '../../observe/snapshot.ts';
import { looksLikeIp } from '../../values/address.ts';
import { hostIndex } from '../../values/host-index.ts';
import { claimants } from './nodes.ts';
import { perSnapshot } from './per-snapshot.ts';

/** The machines of the cluster beside the nodes of Kubernetes. */
export interface Matching {
  /** By the name of the machine, where the nodes could be listed; a machine without an entry is missing there. */
  readonly ofMachine: ReadonlyMap<string, KubernetesNode>;
  /** By the name in Kubernetes. */
  readonly machineOf: ReadonlyMap<string, ClusterNode>;
  /** Nodes of Kubernetes that are no machine of the cluster. */
  readonly strangers: readonly KubernetesNode[];
  /** Both have addresses, and not one in common. */
  readonly apart: boolean;
}

/** What Kubernetes lists, or listed last in this run; undefined where it never did. */
export function kubernetesNodes({ kubernetes }: Snapshot): readonly KubernetesNode[] | undefined {
  if (!kubernetes.access) {
    return undefined;
  }
  return kubernetes.nodes.ok ? kubernetes.nodes.value : kubernetes.nodes.last;
}

const lower = (texts: readonly string[]): readonly string[] => texts.map((text) => text.toLowerCase());

/**
 * Who is who: by the name that Talos gave the kubelet, else by any name or
 * address that both have and nobody shares. talosctl compares addresses alone, and fails where
 * a machine is known by another one than its kubelet.
 */
export const kubernetesMatch = perSnapshot((snapshot): Matching => {
  const { cluster, nodes } = snapshot;
  const listed = kubernetesNodes(snapshot) ?? [];
  const byName = new Map(listed.map((node) => [node.name.toLowerCase(), node]));
  const byHost = hostIndex(listed, ({ addresses }) => addresses);
  const nodenames = new Map(
    nodes.flatMap(({ node, nodename }) => (nodename.ok ? [[node.name, nodename.value.nodename] as const] : [])),
  );
  const sharedByNobody = (host: string): boolean => claimants(snapshot, host).length < 2;
  const ofMachine = new Map<string, KubernetesNode>();
  const machineOf = new Map<string, ClusterNode>();
  for (const machine of cluster.nodes) {
    const own = nodenames.get(machine.name);
    const names = lower([own ?? '', machine.nodename ?? '', machine.name, ...machine.names]);
    const hosts = [...names, machine.address, ...machine.addresses];
    const found =
      names.map((name) => byName.get(name)).find((node) => node !== undefined) ??
      hosts
        .map((host) => sharedByNobody(host) && byHost.find(host))
        .find((node) => node !== undefined && node !== false);
    if (found !== undefined) {
      ofMachine.set(machine.name, found);
      machineOf.set(found.name, machine);
    }
  }
  const strangers = listed.filter(({ name }) => !machineOf.has(name));
  return { ofMachine, machineOf, strangers, apart: areApart(cluster.nodes, listed) };
});

/**
 * The kubeconfig that was given leads to another cluster. Clusters often name
 * their machines alike, so a name that both have says nothing; that no node has an address
 * of any machine does. Of nodes that are given we may know another address than
 * their kubelets do: only what discovery tells is compared.
 */
export function isOfAnotherCluster(snapshot: Snapshot): boolean {
  const { kubernetes, cluster } = snapshot;
  const isComparable = kubernetes.access && kubernetes.kubeconfig === 'input' && cluster.source === 'discovery';
  return isComparable && kubernetesMatch(snapshot).apart;
}

function areApart(machines: readonly ClusterNode[], nodes: readonly KubernetesNode[]): boolean {
  const ipsOf = (all: readonly { readonly addresses: readonly string[] }[]): readonly string[] =>
    lower(all.flatMap(({ addresses }) => addresses)).filter(looksLikeIp);
  const [own, theirs] = [new Set(ipsOf(machines)), ipsOf(nodes)];
  return own.size > 0 && theirs.length > 0 && !theirs.some((address) => own.has(address));
}

/** The machine in Kubernetes; `missing` where Kubernetes lists others and not this one, undefined where nobody could ask. */
export function inKubernetes(snapshot: Snapshot, machine: string): KubernetesNode | 'missing' | undefined {
  if (kubernetesNodes(snapshot) === undefined || isOfAnotherCluster(snapshot)) {
    return undefined;
  }
  return kubernetesMatch(snapshot).ofMachine.get(machine) ?? 'missing';
}
