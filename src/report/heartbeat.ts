import type { Finding } from '../gate/finding.ts';
import { since } from '../gate/history.ts';
import type { Round } from '../gate/rounds.ts';
import { formatDuration } from '../values/duration.ts';
import { logLine } from './escape.ts';
import { causes, type Group, nameNodes } from './groups.ts';
import { redactText } from './redact.ts';

/** A moment of the wait. Times are epoch milliseconds. */
export interface Moment {
  /** The last one that has ended; undefined before the first. */
  readonly round: Seen | undefined;
  readonly startedAt: number;
  readonly now: number;
  /** Undefined where the gate takes one look. */
  readonly deadline: number | undefined;
}

/** What a moment needs to know of a round. */
type Seen = Pick<Round, 'findings' | 'history'>;

const mostNodes = 3;

/** In whole seconds: a line that comes by the clock needs no tenths. */
function seconds(milliseconds: number): string {
  return formatDuration(Math.max(0, Math.round(milliseconds / 1000) * 1000));
}

/** How long a wait has to go, such as `8m30s left`; undefined where nobody waits. */
export function remaining({ now, deadline }: Moment): string | undefined {
  return deadline === undefined ? undefined : `${seconds(deadline - now)} left`;
}

/** How long it has been waiting. */
export function elapsed({ startedAt, now }: Moment): string {
  return seconds(now - startedAt);
}

function describe({ check, stage, nodes, message }: Group, { findings, history }: Seen, now: number): string {
  const own = findings.filter((finding) => finding.check === check && isAmong(finding, nodes));
  const first = Math.min(now, ...own.map((finding) => since(history, finding)));
  const who = nodes.length === 0 ? '' : `${nameNodes(nodes, mostNodes)} `;
  return `${stage}: ${redactText(`${who}${message}`)} (for ${seconds(now - first)})`;
}

function isAmong({ node }: Finding, nodes: readonly string[]): boolean {
  return node === undefined ? nodes.length === 0 : nodes.includes(node);
}

/** The first of what is still missing, each on a line and since when, and how many there are besides. Not escaped. */
export function missing(
  { round, now }: Moment,
  most: number,
): { readonly lines: readonly string[]; readonly more: number } {
  const groups = round === undefined ? [] : causes(round.findings);
  const lines = round === undefined ? [] : groups.slice(0, most).map((group) => describe(group, round, now));
  return { lines, more: groups.length - lines.length };
}

/** The line that says in a log, now and then, that the gate still lives and what it waits for. */
export function waitingLine(moment: Moment): string {
  const { lines, more } = missing(moment, 1);
  const what = lines[0] ?? `${moment.round ? 'every check to pass' : 'the first answers'} (for ${elapsed(moment)})`;
  const others = more === 0 ? '' : ` and ${more} more`;
  const left = remaining(moment);
  return logLine(`⏳ still waiting for ${what}${others}${left === undefined ? '' : `; ${left}`}`);
}
