import { type Parsed, quote, refuse } from './problem.ts';
import { ok } from './result.ts';

/** Parses a boolean of the YAML 1.2 core schema, as the toolkit of GitHub Actions does. */
export function parseBoolean(text: string): Parsed<boolean> {
  if (/^(true|True|TRUE)$/.test(text)) return ok(true);
  if (/^(false|False|FALSE)$/.test(text)) return ok(false);
  const word = text.toLowerCase();
  const guess = ['true', 'yes', 'y', 'on', '1'].includes(word)
    ? 'true'
    : ['false', 'no', 'n', 'off', '0'].includes(word)
      ? 'false'
      : undefined;
  return refuse('true or false', quote(text), guess && `did you mean ${guess}?`);
}
