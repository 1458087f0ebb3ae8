import type { CredentialsInfo } from '../observe/snapshot.ts';
import { canonicalHost } from '../values/address.ts';
import { talosctlChecks } from './talosctl-checks.ts';

/** The state of one check of the server. */
export type Step =
  | { readonly state: 'started' | 'passed' | 'skipped' }
  /** The server retries the check; the text is the last meaningful error. */
  | { readonly state: 'failing'; readonly text: string };

/** The server's output so far. */
export interface Progress {
  /** Addresses of the nodes that it checks; undefined before it lists them. */
  readonly nodes?: readonly string[];
  /** By title, in the order in which the checks were started. */
  readonly steps: ReadonlyMap<string, Step>;
  /** The last line, understood or not. */
  readonly lastLine?: string;
  /** The first line that is no output of Talos. */
  readonly unexpected?: string;
}

export const noProgress: Progress = { steps: new Map() };

/** The prefix of each line of a check. */
export const waiting = 'waiting for ';

/** Limits of memory, above what any version of Talos sends. */
const maxTitles = 64;
const maxNodes = 10_000;

/** The deadline interrupts the last attempt with an error that does not name the cause; the error before it does. */
const bareTimeout = /^(rpc error: code = \w+ desc = )?(context deadline exceeded|context canceled|failed)$/;

/** Adds a line. A line that cannot be parsed changes only `lastLine` and `unexpected`. */
export function addLine(progress: Progress, message: string): Progress {
  const line = message.trim();
  const updated = { ...progress, lastLine: line };
  const nodes = progress.nodes === undefined ? discovered(line) : undefined;
  if (nodes !== undefined) {
    return { ...updated, nodes };
  }
  const parsed = parse(line);
  if (parsed === undefined || (!progress.steps.has(parsed.title) && progress.steps.size >= maxTitles)) {
    return { ...updated, unexpected: progress.unexpected ?? line };
  }
  const { title, text } = parsed;
  return { ...updated, steps: new Map(progress.steps).set(title, stepOf(text, progress.steps.get(title))) };
}

/** Titles contain no colon; errors may. */
function parse(line: string): { readonly title: string; readonly text: string } | undefined {
  const end = line.indexOf(': ');
  const title = line.slice(waiting.length, end);
  const text = line.slice(end + 2).trim();
  return line.startsWith(waiting) && end > waiting.length && title.length < 200 && text !== ''
    ? { title, text }
    : undefined;
}

function stepOf(text: string, before: Step | undefined): Step {
  switch (text) {
    case 'OK':
      return { state: 'passed' };
    case 'SKIP':
      return { state: 'skipped' };
    case '...':
      return { state: 'started' };
    default:
      return before?.state === 'failing' && bareTimeout.test(text) ? before : { state: 'failing', text };
  }
}

/** `discovered nodes: ["10.0.0.1" "10.0.0.2"]`. */
function discovered(line: string): readonly string[] | undefined {
  const list = /^discovered nodes: \[(.*)\]$/.exec(line)?.[1];
  const addresses = [...(list ?? '').matchAll(/"([^"\\]+)"/g)].flatMap(([, address]) => address ?? []);
  return list === undefined ? undefined : addresses.slice(0, maxNodes).map(canonicalHost);
}

/** Titles of required checks without a result, and of checks that have not passed. */
export function missingChecks({ steps }: Progress): readonly string[] {
  const missing = talosctlChecks
    .filter(({ title, since }) => since === undefined && !steps.has(title))
    .map(({ title }) => title);
  return [...openChecks(steps), ...missing];
}

/** The check that the server waits for: the first that was started and has not passed. */
export function currentCheck({ steps }: Progress): string | undefined {
  const open = openChecks(steps);
  return talosctlChecks.find(({ title }) => open.includes(title))?.title ?? open[0];
}

function openChecks(steps: Progress['steps']): readonly string[] {
  return [...steps].flatMap(([title, { state }]) => (state === 'started' || state === 'failing' ? title : []));
}

/** The check for which the server requests a kubeconfig, which requires os:admin. */
const needsKubeconfig = 'all k8s nodes to report';

/**
 * The check that is denied because of the caller's role, which the server uses
 * too: the first check (Talos 1.14 and newer) or the one that needs a kubeconfig.
 * Any other PermissionDenied, and any with os:admin, comes from an apid that has
 * just started.
 */
export function deniedTitle({ steps }: Progress, { roles }: CredentialsInfo): string | undefined {
  if (roles.includes('os:admin')) {
    return undefined;
  }
  const isFirst = ![...steps.values()].some(({ state }) => state === 'passed');
  return [...steps].find(
    ([title, step]) =>
      step.state === 'failing' &&
      (isFirst || title === needsKubeconfig) &&
      /rpc error: code = PermissionDenied desc = not authorized/.test(step.text),
  )?.[0];
}
