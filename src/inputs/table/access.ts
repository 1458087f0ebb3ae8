import type { Input } from '../input.ts';

/** How the cluster is reached, and with what right. */
export const access = [
  {
    name: 'talosconfig',
    kind: 'text',
    placeholder: 'PATH',
    default: '',
    description:
      'The talosconfig: its text, base64 of its text, or a path. By default the file that the environment variable TALOSCONFIG names, then ~/.talos/config, then /var/run/secrets/talos.dev/config.',
  },
  {
    name: 'context',
    kind: 'text',
    placeholder: 'NAME',
    default: '',
    description: 'The context of the talosconfig to use. By default the one that the talosconfig says.',
  },
  {
    name: 'endpoints',
    kind: 'list',
    placeholder: 'LIST',
    default: '',
    short: 'e',
    description:
      "Control plane nodes, or a load balancer in front of them, through which the cluster is asked: host names or IP addresses, with or without a port (50000); or the address of Sidero Omni, https://NAME. By default the context's endpoints.",
  },
  {
    name: 'omni-service-account-key',
    kind: 'text',
    placeholder: 'KEY',
    default: '',
    actionOnly: true,
    description:
      'The key of a service account of Sidero Omni, for a context with auth.siderov1, or with endpoints and cluster. By default that of the environment variable SIDERO_SERVICE_ACCOUNT_KEY, then OMNI_SERVICE_ACCOUNT_KEY. On the command line it comes from there: a flag could be read by every user of the machine.',
  },
  {
    name: 'cluster',
    kind: 'text',
    placeholder: 'NAME',
    default: '',
    short: 'c',
    description:
      'The name of the cluster in Sidero Omni. By default that of the context; with endpoints, no talosconfig is needed.',
  },
  {
    name: 'ca',
    kind: 'text',
    placeholder: 'PATH',
    default: '',
    description: 'The CA of a self-hosted Sidero Omni, besides those of the system: PEM, base64 of it, or a path.',
  },
  {
    name: 'kubeconfig',
    kind: 'text',
    placeholder: 'PATH',
    default: '',
    description:
      "A kubeconfig: its text, base64 of its text, or a path, for what only the Kubernetes API knows. By default it comes from the Talos API, if the talosconfig's role is os:admin; it is never written to disk.",
  },
  {
    name: 'kubernetes',
    kind: 'choice',
    placeholder: 'auto|required|off',
    default: 'auto',
    description:
      "Whether to query the Kubernetes API: auto (if there is a kubeconfig, or the talosconfig's role is os:admin), required (it has to answer), or off.",
  },
  {
    name: 'k8s-endpoint',
    kind: 'text',
    placeholder: 'URL',
    default: '',
    description:
      "The Kubernetes API server to ask instead of the kubeconfig's: a host name or an IP address, with or without https:// and a port.",
  },
] as const satisfies readonly Input[];
