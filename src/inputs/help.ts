import { terminalWidth, wrap } from '../values/wrap.ts';
import type { Input } from './input.ts';
import { flagInputs } from './table.ts';

const indent = ' '.repeat(8);

/** The help of the command line, at most 80 columns wide. */
export function helpText(): string {
  return [
    ...lines('talos-health: is this Talos Linux cluster healthy, and if not, what is wrong and what do I do?'),
    '',
    'Usage:',
    '  talos-health [flags]                    wait until the cluster is healthy',
    '  talos-health [flags] -- COMMAND ARG...  then run a command, only when it is',
    '  talos-health demo [--scenario NAME]     gate on a simulated cluster',
    '  talos-health checks [-o json]           list the checks',
    '  talos-health explain CHECK              what a check means and what to do',
    '',
    'Flags:',
    ...flagInputs.flatMap(inputHelp),
    '  -h, --help',
    '  -V, --version',
    '',
    ...lines('LIST: entries separated by commas or blanks; a flag given again adds to it.'),
    ...lines('DURATION: a number with a unit, such as 90s, 10m or 1h30m.'),
    '',
    ...lines(
      'Every flag has an environment variable: TALOS_HEALTH_WAIT_TIMEOUT stands for --wait-timeout. A flag goes before its variable.',
    ),
    '',
    ...lines(
      'Exit codes: 0 healthy, 1 not healthy, 2 bad input, 3 not authorized, or invalid credentials, 130 cancelled; with a command, that of the command. If the cluster is not healthy, the command is not run.',
    ),
    '',
  ].join('\n');
}

function inputHelp({ name, kind, placeholder, short, default: value, description }: Input): readonly string[] {
  const letter = short === undefined ? '    ' : `-${short}, `;
  const flag = kind === 'boolean' ? `--${name}[=${placeholder}], --no-${name}` : `--${name} ${placeholder}`;
  const fallback = value === '' ? '' : ` (default ${value})`;
  return [`  ${letter}${flag}`, ...lines(`${description}${fallback}`, indent)];
}

function lines(text: string, prefix = ''): readonly string[] {
  return wrap(text, prefix, terminalWidth);
}
