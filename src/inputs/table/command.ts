import type { Input } from '../input.ts';

/** What is done to a cluster that is healthy. */
export const command = [
  {
    name: 'run',
    kind: 'text',
    placeholder: 'SCRIPT',
    default: '',
    actionOnly: true,
    description:
      'A script to run once the cluster is healthy, such as an upgrade; then the gate waits again, up to wait-timeout, and the summary shows both. bash runs it as it runs the steps of a workflow, on Windows without bash PowerShell does. By default nothing is run.',
  },
  {
    name: 'after',
    kind: 'boolean',
    placeholder: 'BOOL',
    default: 'false',
    commandLineOnly: true,
    description:
      'Whether to wait again, up to wait-timeout, once the command after -- has ended: true or false. The exit code is that of the command, or that of this gate if the command succeeded.',
  },
] as const satisfies readonly Input[];
