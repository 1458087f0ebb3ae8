import { type NodeFacetName, nodeFacet } from '../observe/facets/table.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import { type Failure, isNotExposed } from '../talos/failure.ts';
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

/** Causes on each of the given nodes, in the order of the nodes. */
export function onNodes(nodes: readonly NodeSnapshot[], ...checks: readonly string[]): Cause[] {
  return nodes.flatMap(({ node }) => checks.map((check) => ({ check, on: { node: node.name } })));
}

/** For a role in the client certificate that does not suffice. */
export const roleHint = hint(
  'Use a talosconfig whose client certificate has the role os:reader, os:operator or os:admin; an admin can make one.',
  'talosctl config new --roles os:reader talosconfig-reader',
);

/** The same in mode server, in which a node runs the checks. */
export const adminHint = hint(
  'Use a talosconfig whose client certificate has the role os:admin; or mode client, which needs only os:reader.',
  'talosctl config info',
);

/** Pending, because nothing was observed. */
export function notKnown(message: string, advice: Hint, explainedBy: readonly Cause[] = []): Outcome {
  return { ...pending(message, advice, explainedBy), unknown: true };
}

/** Causes and hint for a facet that could not be read. */
export interface Unread {
  readonly explainedBy?: readonly Cause[];
  readonly hint?: Hint;
}

/**
 * The outcome for a facet that could not be read, the same for all checks, so that nothing unknown passes. It is skipped
 * if the version of Talos does not have the resource type, and fails if the role may not read it: waiting cannot help.
 */
export function unreadable(
  node: NodeSnapshot,
  name: NodeFacetName,
  failure: Failure,
  { explainedBy = [], hint: advice = readLog(node) }: Unread = {},
): Outcome {
  const { kind, message } = failure;
  const { what, since, absent, optional } = nodeFacet(name);
  if (kind === 'unsupported-type' && since !== undefined) {
    return skip(`this version of Talos does not know ${what}: ${message}`);
  }
  if (optional && isNotExposed(failure)) {
    return kind === 'not-found'
      ? skip(`${what} is not known: ${message}`)
      : skip(`this version of Talos does not expose ${what} to a reader: ${message}`);
  }
  if (kind === 'not-authorized') {
    return fail(`the client certificate may not read ${what}: ${message}`, roleHint, explainedBy);
  }
  return kind === 'not-found' && absent !== undefined
    ? pending(absent, advice, explainedBy)
    : notKnown(`${what} could not be read: ${message}`, advice, explainedBy);
}

/**
 * The outcome of a check that only warns, for a facet that could not be read: not to know it is no more than a warning, and
 * a skip if the version of Talos does not have it or does not expose it to a reader.
 *
 * @param what begins "… could not be read"
 */
export function unreadWarning(what: string, failure: Failure, advice: Hint): Outcome {
  const message = `${what} could not be read: ${failure.message}`;
  return isNotExposed(failure) ? skip(message) : warn(message, advice);
}

const readLog = (node: NodeSnapshot): Hint =>
  hint('The node answers, but not this question. If waiting does not help, read its log.', talosctl(node, 'dmesg'));
