import { membersKnownTo } from '../model/discovery.ts';
import type { NodeState } from '../model/state.ts';
import { nodeFault } from './fault.ts';

/** What is wrong with who knows whom; the machines themselves are well. */
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
  'discovery-lost': nodeFault(
    'The machine vanishes from the discovery of all others.',
    (node): NodeState => ({
      ...node,
      discovered: false,
    }),
  ),
} as const;
