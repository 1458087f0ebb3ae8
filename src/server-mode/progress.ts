import type { CredentialsInfo } from '../observe/snapshot.ts';
import { canonicalHost } from '../values/address.ts';
import { talosctlChecks } from './talosctl-checks.ts';

/** How far one check of the server is. */
export type Step =
  | { readonly state: 'begun' | 'passed' | 'skipped' }
  /** It is tried again and again; the text is why it did not pass the last time, as far as that says anything. */
  | { readonly state: 'failing'; readonly text: string };

/** What the server has said so far. */
export interface Progress {
  /** Addresses of the nodes that it judges; undefined where it has not said. */
  readonly nodes?: readonly string[];
  /** By the title of the check, in the order in which they were begun. */
  readonly steps: ReadonlyMap<string, Step>;
  /** Its last line, whatever it was. */
  readonly lastLine?: string;
  /** The first line that no Talos says. */
  readonly strange?: string;
}

export const silence: Progress = { steps: new Map() };

/** Every line of a check begins so. */
export const waiting = 'waiting for ';

/** More titles, or nodes, than any Talos has: a server without end must not fill the memory. */
const mostTitles = 64;
const mostNodes = 10_000;

/** The last attempt is cut short by the end of the time, and then says only that; the one before says why. */
const bareTimeout = /^(rpc error: code = \w+ desc = )?(context deadline exceeded|context canceled|failed)$/;

/** What is known with one more line. A line that says nothing that can be understood is kept, and means nothing. */
export function hear(progress: Progress, message: string): Progress {
  const line = message.trim();
  const said = { ...progress, lastLine: line };
  const nodes = progress.nodes === undefined ? discovered(line) : undefined;
  if (nodes !== undefined) {
    return { ...said, nodes };
  }
  const told = parse(line);
  if (told === undefined || (!progress.steps.has(told.title) && progress.steps.size >= mostTitles)) {
    return { ...said, strange: progress.strange ?? line };
  }
  const { title, text } = told;
  return { ...said, steps: new Map(progress.steps).set(title, stepOf(text, progress.steps.get(title))) };
}

/** Titles hold no colon; errors hold many. */
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
      return { state: 'begun' };
    default:
      return before?.state === 'failing' && bareTimeout.test(text) ? before : { state: 'failing', text };
  }
}

/** `discovered nodes: ["10.0.0.1" "10.0.0.2"]`. */
function discovered(line: string): readonly string[] | undefined {
  const list = /^discovered nodes: \[(.*)\]$/.exec(line)?.[1];
  const addresses = [...(list ?? '').matchAll(/"([^"\\]+)"/g)].flatMap(([, address]) => address ?? []);
  return list === undefined ? undefined : addresses.slice(0, mostNodes).map(canonicalHost);
}

/** Titles of checks that a server has to speak of before its good end is believed, and that have not passed. */
export function lacking({ steps }: Progress): readonly string[] {
  const silent = talosctlChecks
    .filter(({ title, since }) => since === undefined && !steps.has(title))
    .map(({ title }) => title);
  const open = [...steps].filter(([, { state }]) => isOpen(state)).map(([title]) => title);
  return [...open, ...silent];
}

/** The check that the server waits for: the first that was begun and has not passed. */
export function stuck({ steps }: Progress): string | undefined {
  const open = [...steps].filter(([, { state }]) => isOpen(state)).map(([title]) => title);
  return talosctlChecks.find(({ title }) => open.includes(title))?.title ?? open[0];
}

function isOpen(state: Step['state']): boolean {
  return state === 'begun' || state === 'failing';
}

/** The check for which the server takes a kubeconfig, which only an admin gets. */
const takesKubeconfig = 'all k8s nodes to report';

/**
 * The check in which the server is refused for the caller's role, on whose
 * behalf it asks: from the first one on (Talos 1.14 and newer), or where it takes a kubeconfig. Any other
 * refusal is of an apid that has just started, as is every one of an admin.
 */
export function deniedTitle({ steps }: Progress, { roles }: CredentialsInfo): string | undefined {
  if (roles.includes('os:admin')) {
    return undefined;
  }
  const isFirst = ![...steps.values()].some(({ state }) => state === 'passed');
  return [...steps].find(
    ([title, step]) =>
      step.state === 'failing' &&
      (isFirst || title === takesKubeconfig) &&
      /rpc error: code = PermissionDenied desc = not authorized/.test(step.text),
  )?.[0];
}
