import { wrapWords } from '../../values/wrap.ts';
import type { Wrap } from './text-view.ts';
import { displayWidth } from './width.ts';

/** Quoted parts of a word of a shell may contain spaces. */
const shellWords = /(?:'[^']*'|"[^"]*"|[^\s'"]|['"])+/g;

/** Wraps between words at the width of a terminal. A line that fits stays as it is. */
export function wrapAt(columns: number): Wrap {
  return (line, hanging, kind) => {
    if (displayWidth(line) <= columns) {
      return [line];
    }
    const text = line.trimStart();
    const words = text.match(kind === 'command' ? shellWords : /\S+/g) ?? [];
    return wrapWords(words, {
      first: ' '.repeat(line.length - text.length),
      rest: ' '.repeat(hanging),
      joint: kind === 'command' ? ' \\' : '',
      width: columns,
      measure: displayWidth,
    });
  };
}
