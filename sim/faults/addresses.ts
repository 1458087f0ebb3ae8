import type { ClusterState } from '../model/state.ts';
import { clusterFault, nodeFault } from './fault.ts';

/** Faults of addresses that lead to another machine. */
export const addressFaults = {
  'vip-moves': clusterFault(
    'Another control plane holds the virtual address (member; the second in turn): that is no fault.',
    (state, args) => {
      const { vip } = state;
      if (vip === undefined) throw new Error('the simulated cluster has no virtual address: the scenario says vip');
      const next = args.member ?? vip.turn[1] ?? '';
      return { ...state, vip: { ...vip, turn: [next, ...vip.turn.filter((name) => name !== next)] } };
    },
  ),
  'answered-by-other': {
    target: 'node',
    description: "Another machine answers at the node's address (member; the last other one).",
    apply: (state: ClusterState, name: string, args: { readonly member?: string }): ClusterState => {
      const other = args.member ?? state.nodes.findLast((node) => node.name !== name && !node.spare)?.name;
      const address = state.nodes.find((node) => node.name === name)?.address;
      if (other === undefined || address === undefined) return state;
      return { ...state, answeredBy: { ...state.answeredBy, [address]: other } };
    },
  },
  'further-address': nodeFault(
    'The machine has a further address, which others may have too (address; 10.0.2.15): that is no fault.',
    (node, args) => ({ ...node, addresses: [...node.addresses, args.address ?? '10.0.2.15'] }),
  ),
} as const;
