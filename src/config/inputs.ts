/** What an input holds, in words that action.yml and the help use too. */
export interface Input {
  readonly name: string;
  readonly kind: 'text' | 'list' | 'duration' | 'boolean' | 'number' | 'choice';
  /** What stands for the value in the help of the command line. */
  readonly placeholder: string;
  /** What an absent or empty input means; `''` where that is told by the description. */
  readonly default: string;
  readonly description: string;
  /** The letter that talosctl gives the flag. */
  readonly short?: string;
  /** A flag for people at a terminal; the action has no such input. */
  readonly commandLineOnly?: true;
}

/** Every input, once: action.yml, the flags and their help follow from this table. */
export const inputs = [
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
      "Control plane nodes, or a load balancer in front of them, through which the cluster is asked: host names or IP addresses, with or without a port (50000). By default the context's endpoints.",
  },
  {
    name: 'control-plane-nodes',
    kind: 'list',
    placeholder: 'LIST',
    default: '',
    description:
      'The control plane nodes that make up the cluster. By default they are discovered, unless worker-nodes is given.',
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
  {
    name: 'only-nodes',
    kind: 'list',
    placeholder: 'LIST',
    default: '',
    description:
      'Judge only these nodes, by name or address; what concerns the whole cluster is always judged. By default all nodes.',
  },
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
    description: 'How long to wait between two looks at a cluster that is not healthy yet.',
  },
  {
    name: 'rpc-timeout',
    kind: 'duration',
    placeholder: 'DURATION',
    default: '5s',
    description: 'How long a single call to a node may take.',
  },
  {
    name: 'summary',
    kind: 'boolean',
    placeholder: 'BOOL',
    default: 'true',
    description: 'Whether to write the step summary, where there is one: true or false.',
  },
  {
    name: 'report-file',
    kind: 'text',
    placeholder: 'PATH',
    default: '',
    description:
      "Where to write the report as JSON. By default the action writes it to the runner's temporary folder, and the command line writes none.",
  },
  {
    name: 'junit-file',
    kind: 'text',
    placeholder: 'PATH',
    default: '',
    description:
      'Where to write the report as JUnit XML, for GitLab and for test reporters: a suite a stage, a case a check and node. By default none is written.',
  },
  {
    name: 'log-lines',
    kind: 'number',
    placeholder: 'N',
    default: '0',
    description:
      "How many of the last lines of a failing service's log the report shows, up to 1000; what looks like a secret is removed. 0 fetches no logs.",
  },
  {
    name: 'output',
    kind: 'choice',
    placeholder: 'text|json',
    default: 'text',
    short: 'o',
    commandLineOnly: true,
    description: 'What standard output holds: text for people, or the report as JSON and nothing else.',
  },
  {
    name: 'quiet',
    kind: 'boolean',
    placeholder: 'BOOL',
    default: 'false',
    commandLineOnly: true,
    description: 'Whether to show no progress, and of the final text only the verdict: true or false.',
  },
] as const satisfies readonly Input[];

/** Those that the action has too. */
export const actionInputs = inputs.filter((input) => !('commandLineOnly' in input));

export type InputName = (typeof inputs)[number]['name'];

/** Inputs as they came, by name: absent, empty or text. */
export type RawInputs = { readonly [name in InputName]?: string | undefined };

/** The text of an input, trimmed; what is absent or blank is the default. */
export function inputText(raw: RawInputs, name: InputName): string {
  const given = raw[name]?.trim() ?? '';
  return given === '' ? (inputs.find((input) => input.name === name)?.default ?? '') : given;
}
