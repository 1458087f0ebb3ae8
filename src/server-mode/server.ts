import { adminHint, hint, roleHint } from '../checks/outcome.ts';
import { count, oneLine } from '../checks/text.ts';
import type { Finding } from '../gate/finding.ts';
import { mayRead } from '../observe/refusals.ts';
import type { CredentialsInfo, Snapshot } from '../observe/snapshot.ts';
import type { Failure } from '../talos/failure.ts';
import { ownCheck } from './attribute-error.ts';
import { lacking, type Progress, stuck } from './progress.ts';
import { talosctlChecks } from './talosctl-checks.ts';

/** Who was asked to check the cluster, and with what success. */
export interface Server {
  /** The one that runs the check, or did so last, such as `10.0.0.1:50000`; absent before the first. */
  readonly name?: string;
  readonly state: 'asked' | 'speaking' | 'ended' | 'failed';
  /** Why each one that was asked since the last one spoke gives no verdict. */
  readonly failures: readonly { readonly name: string; readonly failure: Failure }[];
}

type Told = Pick<Finding, 'status' | 'message' | 'hint'>;

const clientHint = 'Mode client needs no server that can do this, and a role that may only read.';

/**
 * The findings of the call itself: `server-check`, and `credentials` where the
 * role does not suffice for what the server does on the caller's behalf.
 *
 * @param denied the check in which the server was refused that
 */
export function serverCheck(
  server: Server,
  progress: Progress,
  { credentials }: Snapshot,
  denied: string | undefined,
): readonly Finding[] {
  if (denied !== undefined) {
    const { roles } = credentials;
    const held = roles.length === 0 ? 'no role' : `the ${roles.length === 1 ? 'role' : 'roles'} ${roles.join(', ')}`;
    return [
      {
        check: 'credentials',
        stage: 'connectivity',
        status: 'fail',
        message: `the health check of ${server.name ?? 'the server'} may do no more than its caller: the client certificate has ${held}, it needs os:admin (waiting for ${denied}: not authorized)`,
        hint: adminHint,
      },
    ];
  }
  return [{ check: ownCheck, stage: 'connectivity', ...told(server, progress, credentials) }];
}

function told(
  { name = 'the server', state, failures }: Server,
  progress: Progress,
  credentials: CredentialsInfo,
): Told {
  switch (state) {
    case 'failed':
      return failed(failures, credentials);
    case 'ended':
      return ended(name, progress);
    case 'asked':
      return failures.length > 0
        ? unheard(failures)
        : waits(`${name} is asked for its health check, and has not said anything yet`);
    case 'speaking':
      return speaking(name, progress);
  }
}

function waits(message: string, ...commands: readonly string[]): Told {
  return {
    status: 'pending',
    message,
    hint: hint(
      'The control plane node that is asked looks at the whole cluster, one thing after another. If waiting does not help, use mode client.',
      ...commands,
    ),
  };
}

function speaking(name: string, progress: Progress): Told {
  const strange = strangeness(progress);
  const title = stuck(progress);
  const step = title === undefined ? undefined : progress.steps.get(title);
  if (title !== undefined && talosctlChecks.some((one) => one.title === title)) {
    return { status: 'pass', message: `${name} looks at the cluster${strange}` };
  }
  const text = step?.state === 'failing' ? oneLine(step.text) : '...';
  return waits(title === undefined ? `${name} goes on${strange}` : `${name} is waiting for ${title}: ${text}`);
}

function strangeness({ strange }: Progress): string {
  return strange === undefined ? '' : `; unexpected output: ${oneLine(strange)}`;
}

/** Titles that are named. */
const mostTitles = 3;

/** What is wrong with a stream that ended well; undefined where nothing is. */
export function shortfall(progress: Progress): string | undefined {
  const missing = lacking(progress);
  const rest = missing.length - mostTitles;
  const list = missing.slice(0, mostTitles).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
  return missing.length === 0
    ? undefined
    : `it ended as if all were well, but did not say so of: ${list}${strangeness(progress)}`;
}

function ended(name: string, progress: Progress): Told {
  const missing = shortfall(progress);
  return missing === undefined
    ? { status: 'pass', message: `${name} ends with ${count(progress.steps.size, 'check')} passed` }
    : waits(`${name}: ${missing}`, 'talosctl health');
}

/** It is not there, or not on this node, and waiting does not bring it. */
function isNone({ kind, message }: Failure): boolean {
  // A machine that has just started does not know yet what it is.
  return kind === 'unimplemented' && !message.startsWith('machine type is not set');
}

function failed(failures: Server['failures'], credentials: CredentialsInfo): Told {
  if (failures.length > 0 && failures.every(({ failure }) => isNone(failure))) {
    return {
      status: 'fail',
      message: `nobody who is asked has a health check: ${listOf(failures)}`,
      hint: hint(`Ask a control plane node. ${clientHint}`),
    };
  }
  const refused = failures.find(({ failure }) => failure.kind === 'not-authorized');
  if (refused !== undefined && !mayRead(credentials)) {
    return {
      status: 'fail',
      message: `the role may not ask for the health check: ${refused.name}: ${refused.failure.message}`,
      hint: roleHint,
    };
  }
  return unheard(failures);
}

function listOf(failures: Server['failures']): string {
  return failures.map(({ name, failure }) => `${name}: ${failure.message}`).join('; ');
}

function unheard(failures: Server['failures']): Told {
  return {
    status: 'pending',
    message:
      failures.length === 0
        ? 'no control plane node has been asked yet'
        : `no control plane node gives a verdict: ${listOf(failures)}`,
    hint: hint(
      `Check that the control plane nodes are up, and that the Talos API is running on them. ${clientHint}`,
      'talosctl health',
    ),
  };
}
