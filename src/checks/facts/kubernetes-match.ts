import type { KubernetesNode } from '../../kubernetes/model.ts';
import type { ClusterNode } from '../../observe/members/cluster.ts';
import type { Snapshot } from '../../observe/snapshot.ts';
import { looksLikeIp } from '../../values/address.ts';
import { hostIndex } from '../../values/host-index.ts';
import { claimants } from './nodes.ts';
import { perSnapshot } from './per-snapshot.ts';

/** The machines of the cluster matched with the nodes of Kubernetes. */
export interface Matching {
  /** By the name of the machine. Without an entry, Kubernetes does not list it. */
  readonly ofMachine: ReadonlyMap<string, KubernetesNode>;
  /** By the name of the Kubernetes node. */
  readonly machineOf: ReadonlyMap<string, ClusterNode>;
  /** Nodes of Kubernetes that match no machine of the cluster. */
  readonly unmatched: readonly KubernetesNode[];
  /** Both lists have addresses, and none is in both. */
  readonly haveNoCommonAddress: boolean;
}

/** The nodes that Kubernetes lists, or listed last in this run; undefined if it never did. */
export function kubernetesNodes({ kubernetes }: Snapshot): readonly KubernetesNode[] | undefined {
  if (!kubernetes.access) {
    return undefined;
  }
  return kubernetes.nodes.ok ? kubernetes.nodes.value : kubernetes.nodes.last;
}

const lower = (texts: readonly string[]): readonly string[] => texts.map((text) => text.toLowerCase());

/**
 * Matches by the node name that Talos gave to the kubelet, else by a name or address that both have and no other machine
 * has. talosctl compares only addresses, and fails if a machine and its kubelet use different ones.
 */
export const kubernetesMatch = perSnapshot((snapshot): Matching => {
  const { cluster, nodes } = snapshot;
  const listed = kubernetesNodes(snapshot) ?? [];
  const byName = new Map(listed.map((node) => [node.name.toLowerCase(), node]));
  const byHost = hostIndex(listed, ({ addresses }) => addresses);
  const nodenames = new Map(
    nodes.flatMap(({ node, nodename }) => (nodename.ok ? [[node.name, nodename.value.nodename] as const] : [])),
  );
  const isUnique = (host: string): boolean => claimants(snapshot, host).length < 2;
  const ofMachine = new Map<string, KubernetesNode>();
  const machineOf = new Map<string, ClusterNode>();
  for (const machine of cluster.nodes) {
    const own = nodenames.get(machine.name);
    const names = lower([own ?? '', machine.nodename ?? '', machine.name, ...machine.names]);
    const hosts = [...names, machine.address, ...machine.addresses];
    const found =
      names.map((name) => byName.get(name)).find((node) => node !== undefined) ??
      hosts.map((host) => isUnique(host) && byHost.find(host)).find((node) => node !== undefined && node !== false);
    if (found !== undefined) {
      ofMachine.set(machine.name, found);
      machineOf.set(found.name, machine);
    }
  }
  const unmatched = listed.filter(({ name }) => !machineOf.has(name));
  return { ofMachine, machineOf, unmatched, haveNoCommonAddress: noCommonAddress(cluster.nodes, listed) };
});

/**
 * Whether the given kubeconfig is of another cluster: no node has an address of any machine. Names are not compared,
 * because clusters often use the same ones. Only discovered nodes are compared: the kubelets of given ones may use other
 * addresses than the lists.
 */
export function isOfAnotherCluster(snapshot: Snapshot): boolean {
  const { kubernetes, cluster } = snapshot;
  const isComparable = kubernetes.access && kubernetes.kubeconfig === 'input' && cluster.source === 'discovery';
  return isComparable && kubernetesMatch(snapshot).haveNoCommonAddress;
}

function noCommonAddress(machines: readonly ClusterNode[], nodes: readonly KubernetesNode[]): boolean {
  const ipsOf = (all: readonly { readonly addresses: readonly string[] }[]): readonly string[] =>
    lower(all.flatMap(({ addresses }) => addresses)).filter(looksLikeIp);
  const [own, theirs] = [new Set(ipsOf(machines)), ipsOf(nodes)];
  return own.size > 0 && theirs.length > 0 && !theirs.some((address) => own.has(address));
}

/** The Kubernetes node of the machine; `missing` if Kubernetes does not list it, undefined if the list is not available. */
export function inKubernetes(snapshot: Snapshot, machine: string): KubernetesNode | 'missing' | undefined {
  if (kubernetesNodes(snapshot) === undefined || isOfAnotherCluster(snapshot)) {
    return undefined;
  }
  return kubernetesMatch(snapshot).ofMachine.get(machine) ?? 'missing';
}
