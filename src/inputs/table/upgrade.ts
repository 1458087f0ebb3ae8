import type { Input } from '../input.ts';

/** What is about to happen to the cluster. */
export const upgrade = [
  {
    name: 'upgrade-to',
    kind: 'text',
    placeholder: 'VERSION',
    default: '',
    description:
      'The version of Talos to upgrade to, such as 1.14.2, or 1.14 for any release of it: every node must be able to go there. By default no upgrade is judged.',
  },
  {
    name: 'upgrade-kubernetes-to',
    kind: 'text',
    placeholder: 'VERSION',
    default: '',
    description:
      'The version of Kubernetes to upgrade to, such as 1.36.1, or 1.36 for any release of it: every node must be able to go there, with upgrade-to after or before that upgrade. By default no upgrade is judged.',
  },
  {
    name: 'safe-to-reboot',
    kind: 'list',
    placeholder: 'LIST',
    default: '',
    description:
      'The nodes that are about to go down together, by name, address or node id: the cluster is healthy only if it does without them. Their own faults do not count, and no node may be left out. By default none goes down.',
  },
] as const satisfies readonly Input[];
