import { loadAll, YAMLException } from 'js-yaml';
import { accept, type Parsed, refuse } from './problem.ts';

export type Mapping = ReadonlyMap<string, unknown>;

/** A value as a mapping; undefined if it is none. */
export function asMapping(value: unknown): Mapping | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}

/**
 * The mapping of a YAML (or JSON) document. No complaint quotes the text: of
 * the library's message only the reason is used, and only where it holds
 * nothing but words, for some name what they found.
 *
 * @param expected what the document should be, for complaints
 */
export function parseDocument(text: string, expected: string): Parsed<Mapping> {
  let values: unknown[];
  try {
    values = loadAll(text).filter((value) => value !== null && value !== undefined);
  } catch (error) {
    return refuseYaml(error, expected);
  }
  if (values.length === 0) return refuse(expected, 'nothing but blanks and comments');
  if (values.length > 1) return refuse(expected, `${values.length} documents`, 'keep one, and delete the others');
  const mapping = asMapping(values[0]);
  return mapping === undefined ? refuse(expected, 'text that is no YAML mapping') : accept(mapping);
}

function refuseYaml(error: unknown, expected: string): Parsed<never> {
  const { reason, mark } = error instanceof YAMLException ? error : { reason: '', mark: undefined };
  const mistake = /^[a-z ,]+$/.test(reason) ? reason : 'something that has no place there';
  const place = mark === undefined ? '' : ` in line ${mark.line + 1}, column ${mark.column + 1}`;
  return refuse(
    expected,
    `text that is not valid YAML: ${mistake}${place}`,
    reason.startsWith('tab characters')
      ? 'indent with blanks'
      : 'pass the file as it is: a secret or a heredoc may have lost its line breaks or its end',
  );
}
