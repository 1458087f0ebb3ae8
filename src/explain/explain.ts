import { type Check, stages } from '../checks/check.ts';
import { docsOf } from '../report/docs-link.ts';
import { quote } from '../values/problem.ts';
import { suggest } from '../values/suggest.ts';
import { terminalWidth, wrap } from '../values/wrap.ts';
import { readingsOf } from './readings.ts';

const scopes: Readonly<Record<Check['scope'], string>> = {
  node: 'each node',
  'control-plane': 'each control plane',
  cluster: 'the cluster as a whole',
};

/** A table of the checks: id, stage and title. */
export function checkList(checks: readonly Check[]): string {
  const idWidth = Math.max(...checks.map(({ id }) => id.length));
  const stageWidth = Math.max(...stages.map((stage) => stage.length));
  return checks
    .map(({ id, stage, title }) => `${id.padEnd(idWidth)}  ${stage.padEnd(stageWidth)}  ${title}`)
    .join('\n');
}

/** The checks as JSON. */
export function checksJson(checks: readonly Check[]): string {
  const rows = checks.map(({ id, stage, scope, title, explanation, requires }) => ({
    id,
    stage,
    scope,
    title,
    explanation,
    requires,
    docs: docsOf(id),
  }));
  return JSON.stringify(rows, undefined, 2);
}

/** Markdown for a terminal: a link becomes its text. */
const shown = (text: string): string => text.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replace(/\.$/, '');

function entry(what: string, text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : [`${what}:`, ...wrap(`${shown(text)}.`, '  ', terminalWidth)];
}

/** The documentation of a check, at most 80 columns wide except for commands and links. */
export function explain(check: Check): string {
  const { id, stage, scope, title, explanation, requires, docs } = check;
  return [
    `${id} (stage ${stage})`,
    '',
    ...entry('Passes when', title),
    ...entry('Otherwise', explanation),
    ...entry('Judges', scopes[scope] + (check.enabled === undefined ? '' : ', where an input asks for it')),
    ...entry('Needs', requires.join(', ')),
    ...entry('Reads', readingsOf(check)),
    ...entry('Pending', docs.pending),
    ...entry('Fails, and ends the wait', docs.fail),
    ...entry('Warns', docs.warn),
    ...entry('Skipped', docs.skip),
    ...entry('In talosctl health', docs.talosctl),
    ...entry('What to do', docs.advice),
    ...docs.commands.map((command) => `    ${command}`),
    '',
    docsOf(id),
  ].join('\n');
}

/** The error for an unknown id. */
export function noSuchCheck(id: string, checks: readonly Check[]): string {
  const guess = suggest(
    id,
    checks.map((check) => check.id),
  );
  const hint = guess === undefined ? 'talos-health checks lists them' : `did you mean ${guess}?`;
  return `There is no check ${quote(id)}: ${hint}`;
}
