import { docsOf } from './docs-link.ts';
import { cut, sanitize } from './sanitize.ts';

/** Breaks what GitHub would link or replace after Markdown is done, where an entity no longer helps. */
const separator = '&#8203;';

/**
 * In this order: characters that format; mentions and mail addresses; issue
 * numbers; links with a scheme, without one, and short forms of issues; emoji
 * names, which an IPv6 address can hold by accident (`fd00:100:1`); and what
 * would start a heading, a list or a rule at the start of a line.
 */
const special =
  /[\\`*_~[\]<>&|$]|@|#(?=\d)|:(?=\/\/)|(?<=\bwww)\.|(?<=\bGH)-(?=\d)|:(?=[\w+-]+:)|^[-+=#]|(?<=^\d{1,9})[.)](?=\s|$)/gi;

function harmless(match: string): string {
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
 * inside of an HTML tag: it shows as what it is, formats nothing, links nothing
 * and mentions nobody. At most `limit` graphemes.
 */
export function markdown(text: string, limit = 300): string {
  return cut(sanitize(text), limit).replace(special, harmless);
}

function fence(text: string, least: number): string {
  const runs = text.match(/`+/g) ?? [];
  return '`'.repeat(runs.reduce((longest, run) => Math.max(longest, run.length + 1), least));
}

/** A code span that cannot be closed from inside. Not for tables, where a `|` would still end the cell. */
export function codeSpan(text: string, limit = 300): string {
  const content = cut(sanitize(text), limit) || ' ';
  const quotes = fence(content, 1);
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return `${quotes}${pad}${content}${pad}${quotes}`;
}

/** The name of a check, linked to its description. */
export function docsLink(check: string): string {
  return `[${codeSpan(check)}](${docsOf(check)})`;
}

/** A fenced block, of shell commands unless told otherwise, that cannot be closed from inside. */
export function codeBlock(lines: readonly string[], language = 'sh', limit = 1000): string {
  const content = lines.map((line) => cut(sanitize(line), limit)).join('\n');
  const quotes = fence(content, 3);
  return `${quotes}${language}\n${content}\n${quotes}`;
}

/** Graphemes; the JSON report has the whole text. */
const longestLogLine = 500;

/**
 * One line of a log, in which no runner finds a command: `::` counts at the
 * start of a line, `##[` anywhere (and `##vso[` on other runners). Every line
 * that is printed goes through here whole; `indent` is in blanks.
 */
export function logLine(text: string, indent = 0): string {
  const line = cut(sanitize(text), longestLogLine)
    .replace(/##(?=\w*\[)/g, '# #')
    .replace(/^::/, ': :');
  return ' '.repeat(indent) + line;
}
