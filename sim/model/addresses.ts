import { etcdServes } from './etcd.ts';
import { type ClusterState, findNode, isAlive, type NodeState } from './state.ts';

/** The control plane that holds the virtual address: the first in turn that can. Its etcd elects it. */
function vipHolder(state: ClusterState): NodeState | undefined {
  return inTurn(state).find((node) => isAlive(node) && etcdServes(state, node));
}

/**
 * What discovery lists of a machine: all addresses that it had when it was
 * last heard of. One that died while it held the virtual address is listed
 * with it for up to half an hour.
 */
export function listedAddresses(state: ClusterState, node: NodeState): readonly string[] {
  const { vip } = state;
  return vip !== undefined && listsVip(state, node) ? [...node.addresses, vip.address] : node.addresses;
}

function listsVip(state: ClusterState, node: NodeState): boolean {
  const holder = vipHolder(state);
  if (holder === node) return true;
  const order = inTurn(state);
  const before = holder === undefined ? order : order.slice(0, order.indexOf(holder));
  return before.includes(node) && !isAlive(node);
}

function inTurn(state: ClusterState): readonly NodeState[] {
  return state.vip?.turn.map((name) => findNode(state, name)) ?? [];
}

/**
 * Who answers at an address, whoever was meant. An address that several
 * machines have behind their NAT leads each to itself, and anyone else to the
 * first.
 */
export function machineAt(state: ClusterState, address: string, from?: NodeState): NodeState | undefined {
  const other = state.answeredBy[address];
  if (other !== undefined) return findNode(state, other);
  if (address === state.vip?.address) return vipHolder(state);
  const having = directoryOf(state).byAddress.get(address) ?? [];
  return having.find((node) => node.address === address) ?? having.find((node) => node === from) ?? having[0];
}

/** Who answers to an address or a name: short or fully qualified, in any case, as DNS has it. */
export function machineCalled(state: ClusterState, target: string, from: NodeState): NodeState | undefined {
  const named = directoryOf(state).byName.get(target.toLowerCase());
  return machineAt(state, named?.address ?? target, from);
}

interface Directory {
  readonly byName: ReadonlyMap<string, NodeState>;
  readonly byAddress: ReadonlyMap<string, readonly NodeState[]>;
}

const directories = new WeakMap<ClusterState, Directory>();

/** Every call looks up its node, and there may be a thousand of them. */
function directoryOf(state: ClusterState): Directory {
  const known = directories.get(state);
  if (known !== undefined) return known;
  const byName = new Map<string, NodeState>();
  const byAddress = new Map<string, NodeState[]>();
  for (const node of state.nodes) {
    for (const name of names(state, node)) byName.set(name, node);
    for (const address of new Set([node.address, ...node.addresses])) {
      byAddress.set(address, [...(byAddress.get(address) ?? []), node]);
    }
  }
  const directory = { byName, byAddress };
  directories.set(state, directory);
  return directory;
}

function names({ scenario }: ClusterState, node: NodeState): readonly string[] {
  const given = [node.name, node.hostname, node.nodename].map((name) => name.toLowerCase());
  return given.flatMap((name) => [name, `${name}.${scenario.domain}`]);
}
