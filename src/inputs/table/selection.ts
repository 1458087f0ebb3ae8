import type { Input } from '../input.ts';

/** What is judged, and what a fault means. */
export const selection = [
  {
    name: 'mode',
    kind: 'choice',
    placeholder: 'client|server',
    default: 'client',
    description:
      "Who checks: client, the gate itself, which asks every node; or server, a control plane node on the gate's behalf, as talosctl health does by default, which requires an os:admin talosconfig. The server has checks of its own, and takes no selection and no expectations.",
  },
  {
    name: 'only-nodes',
    kind: 'list',
    placeholder: 'LIST',
    default: '',
    description:
      'Judge only these nodes, by name, address, role (controlplane or worker) or pattern (worker-*); what concerns the whole cluster is always judged. By default all nodes.',
  },
  {
    name: 'profile',
    kind: 'choice',
    placeholder: 'pre-cni|default|strict',
    default: 'default',
    description:
      'Settings that belong together, which other inputs overrule: pre-cni judges what a cluster without a CNI can pass; strict turns warnings into failures, of the checks whose documentation says so.',
  },
  {
    name: 'until',
    kind: 'text',
    placeholder: 'STAGE',
    default: '',
    description:
      'The last stage to judge: connectivity, readiness, etcd, api-server, control-plane, nodes, static-pods or workloads. The stages after it are skipped. By default all are judged.',
  },
  {
    name: 'checks',
    kind: 'text',
    placeholder: 'YAML',
    default: '',
    description:
      "What a check that does not hold means, as a YAML map of the check's id to fail, warn or skip, such as {disk: warn, diagnostics: skip}. By default every check must hold; those of connectivity always must.",
  },
  {
    name: 'ignore-diagnostics',
    kind: 'list',
    placeholder: 'LIST',
    default: '',
    description:
      "Ids of Talos's diagnostics that are not held against a node, such as kubelet-csr. By default none is ignored.",
  },
  {
    name: 'cordoned',
    kind: 'choice',
    placeholder: 'fail|warn|ignore',
    default: 'fail',
    description: 'What a cordoned node means: fail, warn or ignore.',
  },
  {
    name: 'min-healthy-workers',
    kind: 'text',
    placeholder: 'N|N%',
    default: '',
    description:
      'How many workers must be healthy, as a number or in percent of all (of expected-workers, if given), rounded up. When that many are, faults of the others are warnings; control planes and etcd are always judged. By default all must be.',
  },
] as const satisfies readonly Input[];
