import { docsOf } from '../docs-link.ts';
import { sanitize, truncate } from './sanitize.ts';

/** Prevents what GitHub links or replaces after it has rendered Markdown, when an entity no longer helps. */
const separator = '&#8203;';

/**
 * In this order: formatting characters; mentions and mail addresses; issue
 * numbers; links with a scheme, links without one, and short forms of issues;
 * emoji names, which an IPv6 address may contain (`fd00:100:1`); headings,
 * lists and rules at the start of a line.
 */
const special =
  /[\\`*_~[\]<>&|$]|@|#(?=\d)|:(?=\/\/)|(?<=\bwww)\.|(?<=\bGH)-(?=\d)|:(?=[\w+-]+:)|^[-+=#]|(?<=^\d{1,9})[.)](?=\s|$)/gi;

function escapeMatch(match: string): string {
  switch (match) {
    case '<':
      return '&lt;';
    case '>':
      return '&gt;';
    case '&':
      return '&amp;';
    case '@':
    case ':':
      return `${match}${separator}`;
    case '#':
      return `&#35;${separator}`;
    case '.':
    case '-':
      return `${separator}&#${match.charCodeAt(0)};`;
    default:
      return `&#${match.charCodeAt(0)};`;
  }
}

/**
 * Untrusted text for a cell of a Markdown table, a paragraph, a heading or the
 * content of an HTML element: shown literally, without formatting, links or
 * mentions. At most `limit` graphemes.
 */
export function markdown(text: string, limit = 300): string {
  return truncate(sanitize(text), limit).replace(special, escapeMatch);
}

function fence(text: string, minLength: number): string {
  const runs = text.match(/`+/g) ?? [];
  return '`'.repeat(runs.reduce((longest, run) => Math.max(longest, run.length + 1), minLength));
}

/** A code span that its text cannot close. Not for tables, in which a `|` would still end the cell. */
export function codeSpan(text: string, limit = 300): string {
  const content = truncate(sanitize(text), limit) || ' ';
  const quotes = fence(content, 1);
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return `${quotes}${pad}${content}${pad}${quotes}`;
}

/** The name of a check, linked to its description. */
export function docsLink(check: string): string {
  return `[${codeSpan(check)}](${docsOf(check)})`;
}

/** A fenced block, by default of shell commands, that its lines cannot close. */
export function codeBlock(lines: readonly string[], language = 'sh', limit = 1000): string {
  const content = lines.map((line) => truncate(sanitize(line), limit)).join('\n');
  const quotes = fence(content, 3);
  return `${quotes}${language}\n${content}\n${quotes}`;
}

/** Graphemes; the JSON report has the whole text. */
const maxLogLine = 500;

/**
 * One line of a log, without workflow commands: runners parse `::` at the start
 * of a line, and `##[` anywhere (other runners `##vso[`). Every printed line
 * passes through here as a whole. `indent` is a number of spaces.
 */
export function logLine(text: string, indent = 0): string {
  const line = truncate(sanitize(text), maxLogLine)
    .replace(/##(?=\w*\[)/g, '# #')
    .replace(/^::/, ': :');
  return ' '.repeat(indent) + line;
}
