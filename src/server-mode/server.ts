import { adminHint, hint, roleHint } from '../checks/outcome.ts';
import { count, oneLine } from '../checks/text.ts';
import type { Finding } from '../gate/finding.ts';
import { mayRead } from '../observe/refusals.ts';
import type { CredentialsInfo, Snapshot } from '../observe/snapshot.ts';
import type { Failure } from '../talos/failure.ts';
import { serverCheckId } from './attribute-error.ts';
import { currentCheck, missingChecks, type Progress } from './progress.ts';
import { talosctlCheck } from './talosctl-checks.ts';

/** The server that runs the check, and the failures of the others. */
export interface Server {
  /** The current or last server, such as `10.0.0.1:50000`; absent before the first. */
  readonly name?: string;
  readonly state: 'started' | 'running' | 'completed' | 'failed';
  /** Why the servers that were tried since the last line gave no verdict. */
  readonly failures: readonly { readonly name: string; readonly failure: Failure }[];
}

type CallFinding = Pick<Finding, 'status' | 'message' | 'hint'>;

const clientHint = 'Mode client needs no server that can do this, and a role that may only read.';

/**
 * The finding of the call itself: `credentials` if the caller's role is not
 * sufficient for a check of the server, otherwise `server-check`.
 *
 * @param denied the title of the check that was denied
 */
export function serverCheck(
  server: Server,
  progress: Progress,
  { credentials }: Snapshot,
  denied: string | undefined,
): readonly Finding[] {
  if (denied !== undefined) {
    const { roles, account } = credentials;
    const held = roles.length === 0 ? 'no role' : `the ${roles.length === 1 ? 'role' : 'roles'} ${roles.join(', ')}`;
    const caller =
      account === undefined
        ? `the client certificate has ${held}, it needs os:admin`
        : 'it needs os:admin, which Omni gives to nobody';
    return [
      {
        check: 'credentials',
        stage: 'connectivity',
        status: 'fail',
        message: `the health check of ${server.name ?? 'the server'} may do no more than its caller: ${caller} (waiting for ${denied}: not authorized)`,
        hint: adminHint,
      },
    ];
  }
  return [{ check: serverCheckId, stage: 'connectivity', ...callFinding(server, progress, credentials) }];
}

function callFinding(
  { name = 'the server', state, failures }: Server,
  progress: Progress,
  credentials: CredentialsInfo,
): CallFinding {
  switch (state) {
    case 'failed':
      return failed(failures, credentials);
    case 'completed':
      return completed(name, progress);
    case 'started':
      return failures.length > 0
        ? noVerdict(failures)
        : pendingFinding(`${name} is asked for its health check, and has not said anything yet`);
    case 'running':
      return running(name, progress);
  }
}

function pendingFinding(message: string, ...commands: readonly string[]): CallFinding {
  return {
    status: 'pending',
    message,
    hint: hint(
      'The control plane node that is asked looks at the whole cluster, one thing after another. If waiting does not help, use mode client.',
      ...commands,
    ),
  };
}

function running(name: string, progress: Progress): CallFinding {
  const unexpected = unexpectedOutput(progress);
  const title = currentCheck(progress);
  const step = title === undefined ? undefined : progress.steps.get(title);
  if (title !== undefined && talosctlCheck(title) !== undefined) {
    return { status: 'pass', message: `${name} looks at the cluster${unexpected}` };
  }
  const text = step?.state === 'failing' ? oneLine(step.text) : '...';
  return pendingFinding(
    title === undefined ? `${name} goes on${unexpected}` : `${name} is waiting for ${title}: ${text}`,
  );
}

function unexpectedOutput({ unexpected }: Progress): string {
  return unexpected === undefined ? '' : `; unexpected output: ${oneLine(unexpected)}`;
}

/** Number of titles in the message. */
const maxTitles = 3;

/** Why a stream that ended with OK is incomplete; undefined if it is complete. */
export function incompleteReason(progress: Progress): string | undefined {
  const missing = missingChecks(progress);
  const rest = missing.length - maxTitles;
  const list = missing.slice(0, maxTitles).join('; ') + (rest > 0 ? `; and ${rest} more` : '');
  return missing.length === 0
    ? undefined
    : `it ended as if all were well, but did not say so of: ${list}${unexpectedOutput(progress)}`;
}

function completed(name: string, progress: Progress): CallFinding {
  const missing = incompleteReason(progress);
  return missing === undefined
    ? { status: 'pass', message: `${name} ends with ${count(progress.steps.size, 'check')} passed` }
    : pendingFinding(`${name}: ${missing}`, 'talosctl health');
}

/** The node has no health check, and waiting does not help. */
function isUnavailable({ kind, message }: Failure): boolean {
  // A machine that has just started does not know its type yet.
  return kind === 'unimplemented' && !message.startsWith('machine type is not set');
}

function failed(failures: Server['failures'], credentials: CredentialsInfo): CallFinding {
  if (failures.length > 0 && failures.every(({ failure }) => isUnavailable(failure))) {
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
  return noVerdict(failures);
}

function listOf(failures: Server['failures']): string {
  return failures.map(({ name, failure }) => `${name}: ${failure.message}`).join('; ');
}

function noVerdict(failures: Server['failures']): CallFinding {
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
