import { type NodeFacetName, nodeFacet } from '../observe/facets.ts';
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

/** The same where a server asks on the caller's behalf. */
export const adminHint = hint(
  'Use a talosconfig whose client certificate has the role os:admin; or mode client, which needs only os:reader.',
  'talosctl config info',
);

/** Not known yet: nothing was seen, neither good nor bad. */
export function notKnown(message: string, advice: Hint, explainedBy: readonly Cause[] = []): Outcome {
  return { ...pending(message, advice, explainedBy), unknown: true };
}

/** What stands behind an answer that did not come, and what to do about it. */
export interface Unread {
  readonly explainedBy?: readonly Cause[];
  readonly hint?: Hint;
}

/**
 * What to say of a facet that gave no answer: the one place that decides it, so that what is not known never passes. A
 * resource type is skipped if a version of Talos cannot have it; a role that may not read it cannot get better by waiting.
 */
export function unreadable(
  node: NodeSnapshot,
  name: NodeFacetName,
  { kind, message }: Failure,
  { explainedBy = [], hint: advice = readLog(node) }: Unread = {},
): Outcome {
  const { what, since, absent } = nodeFacet(name);
  if (kind === 'unsupported-type' && since !== undefined) {
    return skip(`this version of Talos does not know ${what}: ${message}`);
  }
  if (kind === 'not-authorized') {
    return fail(`the client certificate may not read ${what}: ${message}`, roleHint, explainedBy);
  }
  return kind === 'not-found' && absent !== undefined
    ? pending(absent, advice, explainedBy)
    : notKnown(`${what} could not be read: ${message}`, advice, explainedBy);
}

const readLog = (node: NodeSnapshot): Hint =>
  hint('The node answers, but not this question. If waiting does not help, read its log.', talosctl(node, 'dmesg'));
