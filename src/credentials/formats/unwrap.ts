import { excessOf } from '../../values/bounds.ts';
import { type Parsed, refuse } from '../../values/problem.ts';
import { ok } from '../../values/result.ts';
import { candidateOf, type Form, type Kind } from './form.ts';
import { forms } from './table.ts';

/** The innermost text, and the forms around it from the outermost to the innermost. */
export interface Unwrapped {
  readonly text: string;
  readonly through: readonly Form[];
}

/** More than a Secret in a file that contains base64 of a quoted text. */
const maxLayers = 6;

/**
 * Unwraps all readable forms; refuses a form that is only recognized. A text without a form is
 * returned unchanged. Complaints do not quote the text.
 */
export function unwrap(given: string, kind: Kind, expected: string): Parsed<Unwrapped> {
  let text = given;
  const through: Form[] = [];
  while (through.length < maxLayers) {
    const excess = excessOf(text);
    if (excess !== undefined) return refuse(expected, excess, 'pass only what belongs to this cluster');
    const candidate = candidateOf(text, kind);
    const next = firstOf(forms, (form) => {
      const inner = form.read?.(candidate);
      return inner === undefined && form.recognize?.(candidate) !== true ? undefined : { form, inner };
    });
    if (next === undefined) break;
    if (next.inner === undefined) return refuse(expected, next.form.name, next.form.advice);
    text = next.inner.replace(/^\u{feff}/u, '');
    through.push(next.form);
  }
  return ok({ text, through });
}

function firstOf<T, R>(values: readonly T[], look: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = look(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
