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
] as const satisfies readonly Input[];
