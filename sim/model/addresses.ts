import { isIP } from 'node:net';
import { etcdServes } from './etcd.ts';
import type { NodeState } from './node-state.ts';
import { type ClusterState, findNode, isAlive } from './state.ts';

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
 * The machine that answers at an address. An address that several machines have
 * behind their NAT leads each to itself, and others to the first.
 */
export function machineAt(state: ClusterState, address: string, from?: NodeState): NodeState | undefined {
  const other = state.answeredBy[address];
  if (other !== undefined) return findNode(state, other);
  if (address === state.vip?.address) return vipHolder(state);
  const having = byAddress(state).get(address) ?? [];
  return having.find((node) => node.address === address) ?? having.find((node) => node === from) ?? having[0];
}

/** Who answers to an address or a name: short or fully qualified, in any case, as DNS has it. */
export function machineCalled(state: ClusterState, target: string, from: NodeState): NodeState | undefined {
  const named = isIP(target) === 0 ? byName(state).get(target.toLowerCase()) : undefined;
  return machineAt(state, named?.address ?? target, from);
}

const byAddress = once((state) => {
  const machines = new Map<string, NodeState[]>();
  for (const node of state.nodes) {
    for (const address of node.addresses) {
      const having = machines.get(address);
      if (having === undefined) machines.set(address, [node]);
      else having.push(node);
    }
  }
  return machines;
});

const byName = once((state) => new Map(state.nodes.flatMap((node) => names(state, node).map((name) => [name, node]))));

/** Every call looks up its node, and there may be a thousand of them: what is found out is kept for each state. */
function once<Value>(find: (state: ClusterState) => Value): (state: ClusterState) => Value {
  const found = new WeakMap<ClusterState, Value>();
  return (state) => {
    const value = found.get(state) ?? find(state);
    found.set(state, value);
    return value;
  };
}

function names({ scenario }: ClusterState, node: NodeState): readonly string[] {
  const given = [node.name, node.hostname, node.nodename].map((name) => name.toLowerCase());
  return given.flatMap((name) => [name, `${name}.${scenario.domain}`]);
}
