import { terminalWidth, wrap } from '../values/wrap.ts';
import { defaultScenario, type Order } from './commands.ts';
import type { Input } from './input.ts';
import { flagInputs, inputGroups } from './table.ts';

const indent = ' '.repeat(8);

/** The help of a command, at most 80 columns wide; that of the gate is the help of the command line as a whole. */
export function helpText(order: Order['name'] = 'gate'): string {
  return `${pages[order]().join('\n')}\n`;
}

const pages: Readonly<Record<Order['name'], () => readonly string[]>> = {
  gate: gateHelp,
  preflight: preflightHelp,
  'safe-to-reboot': rebootHelp,
  demo: demoHelp,
  checks: checksHelp,
  explain: explainHelp,
};

/** Shown by the help; each runs as it is written. */
const examples = [
  ['Wait until the cluster is healthy, for at most five minutes:', '--talosconfig reader.yaml --wait-timeout 5m'],
  ['Check once, without waiting, and keep the report:', '--wait-timeout 0 --output json > report.json'],
  ['Upgrade a node of a healthy cluster, and wait again:', '--after -- talosctl upgrade -n 10.0.0.4'],
] as const;

function gateHelp(): readonly string[] {
  return [
    ...lines('talos-health: is this Talos Linux cluster healthy, and if not, what is wrong and what do I do?'),
    '',
    'Usage:',
    '  talos-health [flags]                    wait until the cluster is healthy',
    '  talos-health [flags] -- COMMAND ARG...  then run a command, only when it is',
    '  talos-health preflight --to VERSION     may the cluster be upgraded to it',
    '  talos-health safe-to-reboot NODE...     may these nodes go down now',
    '  talos-health demo [--scenario NAME]     gate on a simulated cluster',
    '  talos-health checks [-o wide|json]      list the checks',
    '  talos-health explain CHECK [-o json]    what a check means and what to do',
    '',
    'Examples:',
    ...examples.flatMap(([what, args]) => [`  ${what}`, `    talos-health ${args}`]),
    ...inputGroups.flatMap(({ title, inputs }) => ['', `${title}:`, ...inputs.filter(isFlag).flatMap(inputHelp)]),
    '',
    'Help:',
    '  -h, --help',
    ...lines('This text; after a command, the help of that command.', indent),
    '  -V, --version',
    ...lines('The version of talos-health.', indent),
    '',
    ...lines('LIST: entries separated by commas or blanks; a flag given again adds to it.'),
    ...lines('DURATION: a number with a unit, such as 90s, 10m or 1h30m.'),
    '',
    ...lines(
      'Every flag has an environment variable: TALOS_HEALTH_WAIT_TIMEOUT stands for --wait-timeout. A flag takes precedence over its variable.',
    ),
    '',
    ...lines(
      'With Sidero Omni, the key of the service account comes from SIDERO_SERVICE_ACCOUNT_KEY, else OMNI_SERVICE_ACCOUNT_KEY.',
    ),
    '',
    ...lines(
      'Exit codes: 0 healthy, 1 not healthy, 2 bad input, 3 not authorized, or invalid credentials, 130 cancelled; with a command, that of the command. If the cluster is not healthy, the command is not run.',
    ),
  ];
}

function preflightHelp(): readonly string[] {
  return [
    ...lines(
      'talos-health preflight: may every node be upgraded to a version of Talos, of Kubernetes, or of both; and if not, by which steps?',
    ),
    '',
    'Usage:',
    '  talos-health preflight [--to VERSION] [--kubernetes-to VERSION] [flags]',
    '',
    'Flags:',
    '      --to VERSION',
    ...lines('The version of Talos, such as 1.14.2: --upgrade-to of the gate.', indent),
    '      --kubernetes-to VERSION',
    ...lines('The version of Kubernetes, such as 1.36.1: --upgrade-kubernetes-to of the gate.', indent),
    '',
    ...lines(
      'The cluster has to be healthy besides. The flags of talos-health apply too (talos-health --help lists them), with one default of its own: --wait-timeout 0, which looks once.',
    ),
    '',
    ...lines('Exit codes: 0 the cluster may go there, 1 it may not; the others are those of talos-health.'),
    '',
    'Example:',
    '  talos-health preflight --to 1.14.2 --kubernetes-to 1.36.1',
  ];
}

function rebootHelp(): readonly string[] {
  return [
    ...lines('talos-health safe-to-reboot: may these nodes go down now, all at once; and if not, why?'),
    '',
    'Usage:',
    '  talos-health safe-to-reboot NODE... [flags]',
    '',
    ...lines('NODE: the name, an address or the node id of a node of the cluster.'),
    '',
    ...lines(
      'The rest of the cluster has to be healthy: etcd keeps its quorum, another API server and another ready node of the role remain, and no other node is down, cordoned or in the middle of an upgrade. What cannot be read is a reason against it. With access to the Kubernetes API, PodDisruptionBudgets and pods without a controller count too.',
    ),
    '',
    ...lines(
      'The flags of talos-health apply too (talos-health --help lists them), with one default of its own: --wait-timeout 0, which looks once. With a longer one it waits until the nodes may go down, and with --stable-for until they could for that long.',
    ),
    '',
    ...lines('Exit codes: 0 they may go down, 1 they may not; the others are those of talos-health.'),
    '',
    'Example:',
    '  talos-health safe-to-reboot worker-2 --wait-timeout 10m',
  ];
}

function demoHelp(): readonly string[] {
  return [
    ...lines('talos-health demo: start a simulated cluster on this machine, and gate on it as on a real one.'),
    '',
    'Usage:',
    '  talos-health demo [--scenario NAME] [flags] [-- COMMAND ARG...]',
    '',
    'Flags:',
    '      --scenario NAME',
    ...lines(`What happens to the cluster; list shows the scenarios. (default ${defaultScenario})`, indent),
    '',
    ...lines(
      'The flags of talos-health apply too (talos-health --help lists them); its environment variables do not. The demo has its own talosconfig and short timeouts.',
    ),
    '',
    'Example:',
    '  talos-health demo --scenario etcd-hung',
  ];
}

function checksHelp(): readonly string[] {
  return [
    ...lines(
      'talos-health checks: list the checks by stage, each with its id, the oldest version of Talos that has what it reads, and its title.',
    ),
    '',
    'Usage:',
    '  talos-health checks [-o wide|json]',
    '',
    'Flags:',
    '  -o, --output text|wide|json',
    ...lines(
      'wide: also what each check reads, and the public reports that it answers; json: an array of the objects that explain writes. (default text)',
      indent,
    ),
    '',
    'Example:',
    '  talos-health checks -o wide | less',
  ];
}

function explainHelp(): readonly string[] {
  return [
    'talos-health explain: what a check judges, what it means and what to do.',
    '',
    'Usage:',
    '  talos-health explain CHECK [-o json]',
    '',
    ...lines('CHECK: the id of a check, as in a report; talos-health checks lists them.'),
    '',
    'Flags:',
    '  -o, --output text|json',
    ...lines('json: one object. (default text)', indent),
    '',
    'Example:',
    '  talos-health explain etcd-quorum',
  ];
}

function isFlag({ name }: Input): boolean {
  return flagInputs.some((flag) => flag.name === name);
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
