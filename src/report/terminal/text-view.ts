import { logLine } from '../sanitize/escape.ts';
import { type Paint, withoutColour } from './colour.ts';
import type { Fold } from './fold.ts';

/**
 * Wraps a line of a text, or of a command, whose lines the shell joins again.
 * Further lines are indented by `hanging` spaces.
 */
export type Wrap = (line: string, hanging: number, kind: 'text' | 'command') => readonly string[];

/** How a text is shown. */
export interface TextView {
  readonly paint: Paint;
  readonly wrap: Wrap;
  /** Absent if the output cannot fold lines. */
  readonly fold?: Fold;
  /** The last rows, which are read without scrolling. */
  readonly rows: number;
}

/** For a log, whose viewer wraps long lines itself. */
export const logView: TextView = { paint: withoutColour, wrap: (line) => [line], rows: 20 };

/** A text that is not trusted, as lines. */
export function textLines({ wrap }: TextView, text: string, indent = 0, hanging = indent): readonly string[] {
  return wrap(logLine(text, indent), hanging, 'text');
}

/** Lines under a title, folded if there are any and that is possible. Runners do not nest groups. */
export function section(id: string, title: string, lines: readonly string[], { fold }: TextView): readonly string[] {
  return fold === undefined || lines.length === 0 ? [title, ...lines] : fold(id, title, lines);
}
