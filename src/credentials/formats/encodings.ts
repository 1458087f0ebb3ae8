import { looksLikeDocument, unwrapBase64 } from '../../values/text.ts';
import type { Form } from './form.ts';

/** Reversible encodings of a text, such as those that CI secrets need. */
export const encodings: readonly Form[] = [
  { id: 'base64', name: 'base64, also of base64 or of a gzip file', read: ({ text }) => unwrapBase64(text) },
  {
    id: 'quotes',
    name: 'text in quotes, such as a JSON string',
    read: ({ text }) => {
      const [, mark, inner = ''] = /^\s*(["'])(.*)\1\s*$/s.exec(text) ?? [];
      return mark === undefined ? undefined : documentOrNone(jsonString(text) ?? withLineBreaks(inner));
    },
  },
  {
    id: 'escapes',
    name: 'text with \\n instead of line breaks',
    read: ({ text, root }) =>
      root === undefined && text.includes('\\n') && !/[\r\n]/.test(text.trim())
        ? documentOrNone(withLineBreaks(text))
        : undefined,
  },
  {
    id: 'indentation',
    name: 'text of an indented block, of which the first line lost its indentation',
    read: ({ text, root }) => (root === undefined ? indented(text) : undefined),
  },
];

/** Undefined if the text is not a configuration, such as a path in quotes. */
export function documentOrNone(text: string): string | undefined {
  return looksLikeDocument(text) || unwrapBase64(text) !== undefined ? text : undefined;
}

function jsonString(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

export function withLineBreaks(text: string): string {
  return text.replaceAll('\\r\\n', '\n').replaceAll('\\n', '\n').replaceAll('\\"', '"');
}

/** The block with its first line indented like the least indented of the others. */
function indented(text: string): string | undefined {
  const [first = '', ...others] = text.split('\n');
  const depths = others.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const least = depths.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  return /^[\w-]+:/.test(first) && least > 0 && Number.isFinite(least) ? ' '.repeat(least) + text : undefined;
}
