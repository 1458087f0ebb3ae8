import { parseArgs } from 'node:util';
import type { FaultArguments } from '../../sim/faults/fault.ts';
import { type FaultName, faults } from '../../sim/faults/faults.ts';
import type { OmniRole } from '../../sim/omni/accounts.ts';
import type { TalosRole } from '../../sim/pki/authorities.ts';
import { suggest } from '../../src/values/suggest.ts';
import { terminalWidth, wrap } from '../../src/values/wrap.ts';

const faultNames = Object.keys(faults);

export const usage = `Starts a simulated cluster in the background, and ends once it answers.

Usage:
  npm run simulate -- FOLDER [flags]         Node 24 comes with the packages
  node scripts/simulate.ts FOLDER [flags]    with Node 24 or newer

Standard output is name=value lines, as $GITHUB_OUTPUT takes them: the paths of
the talosconfig and of what else is needed, which are in FOLDER, and the id of
the process. The process ends by itself after an hour.

Flags:
  --control-planes N  number of control plane nodes (default 3)
  --workers N         number of workers (default 2); with 1000 the cluster
                      starts in seconds, and takes less than 500 MB of memory
  --fault NAME        a fault, of those below
  --node NODE         the node of the fault, such as worker-2
  --with NAME=VALUE   a parameter of the fault; for several give it again
  --role ROLE         role of the talosconfig: os:reader (default), os:operator
                      or os:admin
  --ports             nodes are ports of 127.0.0.1 and have no address each
  --vip               the control plane has a virtual address
  --omni              Sidero Omni manages the cluster: the talosconfig leads to
                      it, the file service-account-key holds what belongs into
                      OMNI_SERVICE_ACCOUNT_KEY, ca.pem its authority; --role is
                      then Reader (default), Operator, Admin or None
  -h, --help          this text

Faults:
${wrap(faultNames.join(' '), '  ', terminalWidth).join('\n')}
`;

/** What is wrong with the arguments, for whoever wrote them. */
export class UsageError extends Error {}

export interface SimulateOptions {
  readonly folder: string;
  readonly controlPlanes: number;
  readonly workers: number;
  readonly fault?: { readonly name: FaultName; readonly node?: string; readonly arguments: FaultArguments };
  readonly role: TalosRole;
  /** The role of the service account, if Omni is in front of the cluster. */
  readonly omni?: OmniRole;
  readonly ports: boolean;
  readonly vip: boolean;
}

const isFault = (name: string): name is FaultName => Object.hasOwn(faults, name);

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'control-planes': { type: 'string', default: '3' },
        workers: { type: 'string', default: '2' },
        fault: { type: 'string' },
        node: { type: 'string' },
        with: { type: 'string', multiple: true, default: [] },
        role: { type: 'string' },
        ports: { type: 'boolean', default: false },
        vip: { type: 'boolean', default: false },
        omni: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function count(flag: string, given: string, least: number): number {
  if (/^\d{1,5}$/.test(given) && Number(given) >= least) return Number(given);
  throw new UsageError(`--${flag}: expected a number from ${least} on, got ${given}`);
}

function roleOf(given = 'os:reader'): TalosRole {
  if (given === 'os:reader' || given === 'os:operator' || given === 'os:admin') return given;
  throw new UsageError(`--role: expected os:reader, os:operator or os:admin, got ${given}`);
}

function omniRoleOf(given = 'Reader'): OmniRole {
  if (given === 'Reader' || given === 'Operator' || given === 'Admin' || given === 'None') return given;
  throw new UsageError(`--role: with --omni expected Reader, Operator, Admin or None, got ${given}`);
}

/** The parameters of the fault, as `name=value`. */
function faultArguments(given: readonly string[]): FaultArguments {
  const pairs = given.map((one) => {
    const [name = '', ...value] = one.split('=');
    const text = value.join('=');
    return [name, /^\d+$/.test(text) ? Number(text) : text];
  });
  return Object.fromEntries(pairs);
}

function faultOf(name: string | undefined, node: string | undefined, given: readonly string[]) {
  if (name === undefined) {
    if (node !== undefined || given.length > 0) throw new UsageError('--node and --with belong to a --fault');
    return {};
  }
  if (!isFault(name)) {
    const nearest = suggest(name, faultNames);
    throw new UsageError(`--fault: unknown fault ${name}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`);
  }
  return { fault: { name, ...(node !== undefined && { node }), arguments: faultArguments(given) } };
}

/**
 * @returns `help` if that is all that was asked for
 * @throws UsageError for arguments that cannot be used
 */
export function parseOptions(args: readonly string[]): SimulateOptions | 'help' {
  const { values, positionals } = parseFlags(args);
  if (values.help) return 'help';
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0) throw new UsageError('expected one folder, for the talosconfig');
  return {
    folder,
    controlPlanes: count('control-planes', values['control-planes'], 1),
    workers: count('workers', values.workers, 0),
    ...faultOf(values.fault, values.node, values.with),
    ...(values.omni ? { role: 'os:reader', omni: omniRoleOf(values.role) } : { role: roleOf(values.role) }),
    ports: values.ports,
    vip: values.vip,
  };
}
