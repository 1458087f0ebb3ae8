import { CORE_SCHEMA, defineMappingTag, loadAll, mergeTag, YAMLException } from 'js-yaml';
import { excessOf } from './bounds.ts';
import { type Parsed, refuse } from './problem.ts';
import { ok } from './result.ts';

export type Mapping = ReadonlyMap<string, unknown>;

/** Narrows a value to a mapping; undefined if it is not one. */
export function asMapping(value: unknown): Mapping | undefined {
  return value instanceof Map ? value : undefined;
}

/** Reads mappings into maps: objects have a prototype, and sort numeric keys first. */
const mappings = defineMappingTag('tag:yaml.org,2002:map', {
  create: () => new Map<string, unknown>(),
  addPair: (mapping, key, value) => {
    if (key !== null && typeof key === 'object') return 'a key that is no scalar';
    mapping.set(String(key), value);
    return '';
  },
  has: (mapping, key) => mapping.has(String(key)),
  keys: (mapping) => mapping.keys(),
  get: (mapping, key) => mapping.get(String(key)),
  identify: (value) => value instanceof Map,
});

/** The YAML of talosctl: with merge keys, which YAML 1.2 dropped, and without duplicate keys. */
const schema = CORE_SCHEMA.withTags(mergeTag, mappings);

/**
 * Parses a YAML (or JSON) document into a mapping. No message quotes the text: of an
 * error of the library, only the reason is used, and only if it consists of plain
 * words, because some reasons quote the text.
 *
 * @param expected what the document should be, for the message
 */
export function parseDocument(text: string, expected: string): Parsed<Mapping> {
  const excess = excessOf(text);
  if (excess !== undefined) return refuse(expected, excess, 'pass only what belongs to this cluster');
  let values: unknown[];
  try {
    values = loadAll(text, { schema }).filter((value) => value !== null && value !== undefined);
  } catch (error) {
    return refuseYaml(error, expected);
  }
  if (values.length === 0) return refuse(expected, 'nothing but blanks and comments');
  if (values.length > 1) return refuse(expected, `${values.length} documents`, 'keep one, and delete the others');
  const mapping = asMapping(values[0]);
  return mapping === undefined ? refuse(expected, 'text that is not a YAML mapping') : ok(mapping);
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
