import type { Input } from '../input.ts';

/** Where the result goes. */
export const output = [
  {
    name: 'title',
    kind: 'text',
    placeholder: 'TEXT',
    default: '',
    description:
      "The name of the gate in headlines, annotations and reports, which tells several gates apart. By default the name of the talosconfig's context.",
  },
  {
    name: 'summary',
    kind: 'boolean',
    placeholder: 'BOOL',
    default: 'true',
    description: 'Whether to write the step summary, if the runner has one: true or false.',
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
      'Where to write the report as JUnit XML, for GitLab and for test reporters: one suite per stage, one case per check and node. By default none is written.',
  },
  {
    name: 'message-file',
    kind: 'text',
    placeholder: 'PATH',
    default: '',
    commandLineOnly: true,
    description:
      'Where to write the verdict, its causes and what to do as text of at most 4,096 bytes: as much as Kubernetes keeps of /dev/termination-log, the message of a container that has ended. By default none is written.',
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
