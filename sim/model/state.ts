import type { NodeState } from './node-state.ts';
import type { OmniState } from './omni.ts';
import type { Scenario } from './scenario.ts';

/**
 * The single model of the cluster. It holds causes only: what a machine is and
 * does. Everything that follows (quorum, readiness, resources, answers) is
 * derived by the functions in this folder and not stored.
 */
export interface ClusterState {
  readonly scenario: Scenario;
  /** In the order of their addresses, control planes first. */
  readonly nodes: readonly NodeState[];
  readonly etcd: EtcdMembership;
  /** The virtual address of the control plane, and the names of the nodes in the order in which they take it. */
  readonly vip?: { readonly address: string; readonly turn: readonly string[] };
  /** Addresses at which another machine answers than the one whose it is: names of nodes by address. */
  readonly answeredBy: Readonly<Record<string, string>>;
  /** Where services stand that are started again and again: between two attempts, or in one. */
  readonly attempt: boolean;
  /** Whether KubeSpan connects the machines. */
  readonly kubeSpan: boolean;
  /** Whether the pod network works. */
  readonly cni: boolean;
  readonly kubernetes: KubernetesState;
  /** Of no meaning in a cluster without Omni. */
  readonly omni: OmniState;
}

/** The contents of Kubernetes besides the machines and their static pods, and its access control. */
interface KubernetesState {
  /** Whether there is a DaemonSet kube-proxy. */
  readonly kubeProxy: boolean;
  /** `off`: there is no Deployment coredns. `one-short`: a replica was not made. */
  readonly coreDns: 'off' | 'ready' | 'not-ready' | 'one-short';
  /** Whether there is a PodDisruptionBudget for CoreDNS, which lets none of its pods go. */
  readonly coreDnsBudget: boolean;
  /** Nodes that are no machines of this cluster. */
  readonly strangers: readonly StrangeNode[];
  /** `unauthorized`: no client certificate is known any more; `forbidden`: nobody may read anything. */
  readonly access: 'granted' | 'unauthorized' | 'forbidden';
  /** The past is not kept: who wants to watch from an earlier list is sent to list again. */
  readonly forgetful: boolean;
}

interface StrangeNode {
  readonly name: string;
  readonly address: string;
  readonly ready: boolean;
}

interface EtcdMembership {
  readonly members: readonly EtcdMemberState[];
  readonly alarms: readonly { readonly member: string; readonly alarm: 'NOSPACE' | 'CORRUPT' }[];
  /** The members do not reach each other. */
  readonly partitioned: boolean;
}

export interface EtcdMemberState {
  readonly id: bigint;
  /** The node that runs it, or what the simulation calls a member that no node runs. */
  readonly name: string;
  /** As etcd lists it: the machine's name when it joined. */
  readonly hostname: string;
  readonly address: string;
  readonly learner: boolean;
  /** It was added and has never run: it has neither a name nor client URLs. */
  readonly unstarted?: boolean;
}

/** A change of the model: a bootstrap step or a fault. */
export type Change = (state: ClusterState) => ClusterState;

const indexes = new WeakMap<ClusterState, ReadonlyMap<string, NodeState>>();

/** Every call looks up its node several times, and there may be a thousand of them. */
function nodesByName(state: ClusterState): ReadonlyMap<string, NodeState> {
  const known = indexes.get(state);
  if (known !== undefined) return known;
  const index = new Map(state.nodes.map((node) => [node.name, node]));
  indexes.set(state, index);
  return index;
}

export function findNode(state: ClusterState, name: string): NodeState {
  const node = nodesByName(state).get(name);
  if (node === undefined) {
    throw new Error(
      `no node ${JSON.stringify(name)} in the simulated cluster: it has ${state.nodes.map((known) => known.name).join(', ')}`,
    );
  }
  return node;
}

/** The version of Talos that the machine runs. */
export function talosVersionOf({ scenario }: ClusterState, node: NodeState): string {
  return node.talosVersion ?? scenario.talosVersion;
}

export function controlPlanes(state: ClusterState): readonly NodeState[] {
  return state.nodes.filter((node) => node.role === 'controlplane');
}

/** Whether the machine itself works, even if its API cannot be reached. */
export function isAlive(node: NodeState): boolean {
  return node.presence === 'up' || node.presence === 'machined-hung';
}

/** The state with one node changed. */
export function updateNode(state: ClusterState, name: string, change: (node: NodeState) => NodeState): ClusterState {
  const target = findNode(state, name);
  return { ...state, nodes: state.nodes.map((node) => (node === target ? change(node) : node)) };
}
