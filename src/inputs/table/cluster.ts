import type { Input } from '../input.ts';

/** Who the cluster is. */
export const cluster = [
  {
    name: 'control-plane-nodes',
    kind: 'list',
    placeholder: 'LIST',
    default: '',
    description: 'The control plane nodes that make up the cluster. By default they are discovered.',
  },
  {
    name: 'worker-nodes',
    kind: 'list',
    placeholder: 'LIST',
    default: '',
    description:
      'The worker nodes that make up the cluster. By default they are discovered, unless control-plane-nodes is given.',
  },
  {
    name: 'nodes',
    kind: 'list',
    placeholder: 'LIST',
    default: '',
    short: 'n',
    description:
      "The nodes that are asked who is in the cluster. It never narrows what is judged. By default the context's nodes, else the endpoint itself.",
  },
] as const satisfies readonly Input[];
