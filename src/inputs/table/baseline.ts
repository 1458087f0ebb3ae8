import type { Input } from '../input.ts';

/** What is compared with an earlier run. */
export const baseline = [
  {
    name: 'baseline',
    kind: 'text',
    placeholder: 'PATH',
    default: '',
    description:
      'The JSON report of an earlier run, such as one before an upgrade: a node, a member of etcd, an extension, a volume or a static pod that is gone since then is a fault, and so is an older version. By default nothing is compared.',
  },
  {
    name: 'rebooted-since',
    kind: 'choice',
    placeholder: 'baseline',
    default: '',
    description: 'With baseline, every node must have rebooted since the baseline. By default it need not.',
  },
  {
    name: 'allow-downgrade',
    kind: 'boolean',
    placeholder: 'BOOL',
    default: 'false',
    description: 'Whether versions of Talos and Kubernetes that are older than those of the baseline are no fault.',
  },
] as const satisfies readonly Input[];
