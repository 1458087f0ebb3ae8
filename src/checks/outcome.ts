import type { NodeSnapshot } from '../observe/snapshot.ts';
import type { Failure } from '../talos/failure.ts';
import type { Cause, Hint, Outcome } from './check.ts';
import { oneLine, talosctl } from './text.ts';

export function hint(text: string, ...commands: readonly string[]): Hint {
  return { text, commands };
}

export function pass(message: string): Outcome {
  return { status: 'pass', message: oneLine(message) };
}

export function skip(message: string): Outcome {
  return { status: 'skip', message: oneLine(message) };
}

export function pending(message: string, advice: Hint, explainedBy: readonly Cause[] = []): Outcome {
  return { status: 'pending', message: oneLine(message), hint: advice, explainedBy };
}

export function fail(message: string, advice: Hint, explainedBy: readonly Cause[] = []): Outcome {
  return { status: 'fail', message: oneLine(message), hint: advice, explainedBy };
}

export function warn(message: string, advice: Hint, explainedBy: readonly Cause[] = []): Outcome {
  return { status: 'warn', message: oneLine(message), hint: advice, explainedBy };
}

/** Causes on the same node, or on the cluster as a whole. */
export function here(...checks: readonly string[]): Cause[] {
  return checks.map((check) => ({ check, on: 'here' }));
}

/** Causes on each of the given nodes, node by node. */
export function onNodes(nodes: readonly NodeSnapshot[], ...checks: readonly string[]): Cause[] {
  return nodes.flatMap(({ node }) => checks.map((check) => ({ check, on: { node: node.name } })));
}

/** What to do where the certificate's role does not suffice. */
export const roleHint = hint(
  'Use a talosconfig whose client certificate has the role os:reader, os:operator or os:admin; an admin can make one.',
  'talosctl config new --roles os:reader talosconfig-reader',
);

/** Resource types that a version of Talos may lack: the first two came with 1.8, the third with 1.14. All others are as old as Talos. */
const optionalTypes = [
  'Diagnostics.runtime.talos.dev',
  'VolumeStatuses.block.talos.dev',
  'KubeletStatuses.kubernetes.talos.dev',
];

const isOptional = (message: string): boolean => optionalTypes.some((type) => message.includes(`"${type}"`));

/** The same where a server asks on the caller's behalf. */
export const adminHint = hint(
  'Use a talosconfig whose client certificate has the role os:admin; or mode client, which needs only os:reader.',
  'talosctl config info',
);

/** Not known yet: nothing was seen, neither good nor bad. */
export function notKnown(message: string, advice: Hint, explainedBy: readonly Cause[] = []): Outcome {
  return { ...pending(message, advice, explainedBy), unknown: true };
}

/**
 * What to say of a facet that gave no answer: the one place that decides it,
 * so that what is not known never passes. A resource type is skipped if this
 * version of Talos cannot have it; a role that may not read it cannot get better by waiting.
 */
export function unreadable(
  node: NodeSnapshot,
  failure: Failure,
  what: string,
  explainedBy: readonly Cause[] = [],
  advice: Hint = hint(
    'The node answers, but not this question. If waiting does not help, read its log.',
    talosctl(node, 'dmesg'),
  ),
): Outcome {
  switch (failure.kind) {
    case 'unsupported-type':
      return isOptional(failure.message)
        ? skip(`this version of Talos does not know ${what}: ${failure.message}`)
        : notKnown(`${what} could not be read: ${failure.message}`, advice, explainedBy);
    case 'not-authorized':
      return fail(`the client certificate may not read ${what}: ${failure.message}`, roleHint, explainedBy);
    default:
      return notKnown(`${what} could not be read: ${failure.message}`, advice, explainedBy);
  }
}
