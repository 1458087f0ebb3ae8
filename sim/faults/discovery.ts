import { membersKnownTo } from '../model/discovery.ts';
import { nodeId } from '../model/initial.ts';
import type { NodeState } from '../model/node-state.ts';
import { nodeFault } from './fault.ts';

/** Faults of discovery; the machines themselves are healthy. */
export const discoveryFaults = {
  'discovery-knows-only-itself': nodeFault(
    'The machine was restarted and its discovery has not heard of any other yet.',
    (node) => ({ ...node, knownMembers: [] }),
  ),
  'discovery-lacks': nodeFault(
    "The machine's discovery does not list another one (member; the last).",
    (node, args, state) => {
      const others = membersKnownTo(state, node).filter(({ name }) => name !== node.name);
      const lacked = args.member ?? others.at(-1)?.name;
      return { ...node, knownMembers: others.map(({ name }) => name).filter((name) => name !== lacked) };
    },
  ),
  'identity-new': nodeFault(
    'The machine was wiped and installed anew; discovery still has what it was before, its own too: that is no fault.',
    (node) => ({ ...node, formerNodeId: node.nodeId, nodeId: nodeId(`${node.name} after the wipe`) }),
  ),
  'identity-cloned': nodeFault(
    'The machine is a copy of another one, with its identity (member; the last other).',
    (node, args, state) => {
      const original = state.nodes.findLast(
        ({ name, spare }) => name === args.member || (args.member === undefined && name !== node.name && !spare),
      );
      return original === undefined ? node : { ...node, nodeId: original.nodeId };
    },
  ),
  'discovery-lost': nodeFault(
    'The machine vanishes from the discovery of all others.',
    (node): NodeState => ({
      ...node,
      discovered: false,
    }),
  ),
} as const;
