import type { Check } from '../checks/check.ts';
import { docsOf } from '../report/docs-link.ts';
import { quote } from '../values/problem.ts';
import { suggest } from '../values/suggest.ts';
import { terminalWidth, wrap } from '../values/wrap.ts';
import { plain } from './plain.ts';
import { readingsOf, reportLinks, versionsOf } from './readings.ts';

const scopes: Readonly<Record<Check['scope'], string>> = {
  node: 'each node',
  'control-plane': 'each control plane',
  cluster: 'the cluster as a whole',
};

/** The checks as a JSON array. */
export function checksJson(checks: readonly Check[]): string {
  return JSON.stringify(checks.map(described), undefined, 2);
}

/** One check as a JSON object: an entry of the array of `checksJson`. */
export function explainJson(check: Check): string {
  return JSON.stringify(described(check), undefined, 2);
}

/** A check as data, its texts in plain text. Texts that it does not have are absent. */
function described(check: Check) {
  const { id, stage, scope, title, explanation, requires, docs } = check;
  const { pending, fail, warn, skip, talosctl, advice, commands } = docs;
  const texts = { versions: versionsOf(check), reads: readingsOf(check), pending, fail, warn, skip, talosctl, advice };
  const given = Object.entries(texts).flatMap(([key, text]) => (text ? [[key, plain(text)] as const] : []));
  const head = { id, stage, scope, title: plain(title), explanation: plain(explanation), requires };
  return { ...head, ...Object.fromEntries(given), reports: reportLinks(check), commands, docs: docsOf(id) };
}

function entry(what: string, text: string | undefined): readonly string[] {
  return text === undefined || text === ''
    ? []
    : [`${what}:`, ...wrap(`${plain(text).replace(/\.$/, '')}.`, '  ', terminalWidth)];
}

function links(what: string, urls: readonly string[]): readonly string[] {
  return urls.length === 0 ? [] : [`${what}:`, ...urls.map((url) => `  ${url}`)];
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
    ...entry('Versions of Talos', versionsOf(check)),
    ...entry('Reads', readingsOf(check)),
    ...entry('Pending', docs.pending),
    ...entry('Fails, and ends the wait', docs.fail),
    ...entry('Warns', docs.warn),
    ...entry('Skipped', docs.skip),
    ...entry('In talosctl health', docs.talosctl),
    ...links('Reported as', reportLinks(check)),
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
