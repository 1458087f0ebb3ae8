import type { Input } from '../input.ts';

/** How long, and how often. */
export const timing = [
  {
    name: 'wait-timeout',
    kind: 'duration',
    placeholder: 'DURATION',
    default: '10m',
    description:
      'How long to wait for the cluster to become healthy, such as 90s, 10m or 1h30m. 0 takes one look at the status as it is now.',
  },
  {
    name: 'stable-for',
    kind: 'duration',
    placeholder: 'DURATION',
    default: '0s',
    description:
      'How long the cluster must stay healthy before it counts, within wait-timeout; when it does not, the count starts again.',
  },
  {
    name: 'retry-interval',
    kind: 'duration',
    placeholder: 'DURATION',
    default: '5s',
    description: 'Maximum time between checks while the cluster is not healthy.',
  },
  {
    name: 'rpc-timeout',
    kind: 'duration',
    placeholder: 'DURATION',
    default: '5s',
    description: 'How long a single call to a node may take.',
  },
] as const satisfies readonly Input[];
