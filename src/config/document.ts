import { LineCounter, parseAllDocuments } from 'yaml';
import { accept, type Parsed, refuse } from './problem.ts';

export type Mapping = ReadonlyMap<string, unknown>;

/** A value as a mapping; undefined if it is none. */
export function asMapping(value: unknown): Mapping | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}

const expected = 'a talosconfig: one YAML document with contexts';

const mistakes = new Map<string, string>([
  ['TAB_AS_INDENT', 'a tab as indentation'],
  ['BAD_INDENT', 'wrong indentation'],
  ['DUPLICATE_KEY', 'the same key twice'],
  ['MISSING_CHAR', 'a missing quote, bracket or colon'],
  ['BLOCK_AS_IMPLICIT_KEY', 'a mapping where none can be'],
  ['MULTILINE_IMPLICIT_KEY', 'a key without a colon or with wrong indentation'],
]);

/**
 * The mapping of a YAML (or JSON) document. No complaint quotes the text: the
 * library's messages show source lines, so only code, line and column are used.
 */
export function parseDocument(text: string): Parsed<Mapping> {
  const lineCounter = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: 'silent' });
  const documents = Array.isArray(parsed) ? parsed : [];
  const error = documents.flatMap(({ errors }) => errors).sort((a, b) => a.pos[0] - b.pos[0])[0];
  if (error !== undefined) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    const mistake = mistakes.get(error.code) ?? error.code;
    return refuse(
      expected,
      `text that is not valid YAML: ${mistake} in line ${line}, column ${col}`,
      error.code === 'TAB_AS_INDENT'
        ? 'indent with blanks'
        : 'pass the file as it is: a secret or a heredoc may have lost its line breaks or its end',
    );
  }
  const values = documents.map(toValue).filter((value) => value !== null);
  if (values.length === 0) return refuse(expected, 'nothing but blanks and comments');
  if (values.length > 1) return refuse(expected, `${values.length} documents`, 'keep one, and delete the others');
  const mapping = asMapping(values[0]);
  return mapping === undefined ? refuse(expected, 'text that is no YAML mapping') : accept(mapping);
}

/** The value of a document; an alias that leads nowhere or to too much makes it one that is no mapping. */
function toValue(document: { toJS: () => unknown }): unknown {
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}
