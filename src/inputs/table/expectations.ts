import type { Input } from '../input.ts';

/** What the cluster must be besides healthy. */
export const expectations = [
  {
    name: 'expected-control-planes',
    kind: 'number',
    placeholder: 'N',
    default: '',
    description: 'How many control plane nodes the cluster must have, no more and no fewer. By default any number.',
  },
  {
    name: 'expected-workers',
    kind: 'number',
    placeholder: 'N',
    default: '',
    description:
      'How many workers the cluster must have, no more and no fewer. Once that many answer, other nodes that discovery still lists and that do not answer count as removed. By default any number.',
  },
  {
    name: 'expected-talos-version',
    kind: 'text',
    placeholder: 'VERSION',
    default: '',
    description:
      'The version of Talos that every node must run, such as 1.14.0, or 1.14 for any release of it. By default any.',
  },
  {
    name: 'expected-kubernetes-version',
    kind: 'text',
    placeholder: 'VERSION',
    default: '',
    description:
      'The version of Kubernetes that every node must run, such as 1.36.1, or 1.36 for any release of it. By default any.',
  },
  {
    name: 'expected-schematic',
    kind: 'list',
    placeholder: 'IDS',
    default: '',
    description:
      "The Image Factory's schematic that the image of every node must be of: its id, or the first 8 digits of it or more; of several, one. By default any.",
  },
  {
    name: 'expected-extensions',
    kind: 'list',
    placeholder: 'NAMES',
    default: '',
    description:
      'System extensions that the image of every node must have, with or without a version, such as iscsi-tools:v0.2.0; it may have others. By default any.',
  },
  {
    name: 'min-certificate-days',
    kind: 'number',
    placeholder: 'N',
    default: '14',
    description:
      "How many days the talosconfig's client certificate must be valid for; fewer are a warning. If its whole lifetime is shorter than twice that, as in a pod, a tenth of the lifetime.",
  },
] as const satisfies readonly Input[];
