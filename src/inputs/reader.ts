import { canonicalHost, formatHostPort, type HostPort, parseNode } from '../values/address.ts';
import { parseChoice } from '../values/choice.ts';
import { parseNumber } from '../values/number.ts';
import type { Parsed, Problem } from '../values/problem.ts';
import { type InputName, inputText, type RawInputs } from './table.ts';

/** Reads inputs and collects their problems, to report them all at once. */
export class InputReader {
  readonly problems: Problem[] = [];
  readonly #raw: RawInputs;

  constructor(raw: RawInputs) {
    this.#raw = raw;
  }

  text(name: InputName): string {
    return inputText(this.#raw, name);
  }

  /** Whether the input is given, even with its default value. */
  given(name: InputName): boolean {
    return (this.#raw[name]?.trim() ?? '') !== '';
  }

  /** Whether the value differs from the default: the runner passes the default for an absent input. */
  differs(name: InputName): boolean {
    return this.text(name) !== inputText({}, name);
  }

  /** Entries separated by commas, blanks or line breaks. */
  list(name: InputName): readonly string[] {
    return this.text(name)
      .split(/[\s,]+/)
      .filter((entry) => entry !== '');
  }

  /** The value, or undefined if it adds a problem. */
  take<T>(input: string, parsed: Parsed<T>): T | undefined {
    if (parsed.ok) return parsed.value;
    this.problems.push({ input, ...parsed.error });
    return undefined;
  }

  choice<T extends string>(name: InputName, choices: readonly T[]): T | undefined {
    return this.take(name, parseChoice(this.text(name), choices));
  }

  /** A whole number, from 0; undefined if it is absent or invalid. */
  number(name: InputName, most: number): number | undefined {
    const text = this.text(name);
    return text === '' ? undefined : this.take(name, parseNumber(text, most));
  }

  endpoints(
    input: string,
    entries: readonly string[],
    parse: (entry: string) => Parsed<HostPort>,
  ): readonly HostPort[] {
    return this.#entries(input, entries, parse, formatHostPort);
  }

  nodes(input: string, entries: readonly string[]): readonly string[] {
    return this.#entries(input, entries, parseNode, canonicalHost);
  }

  /** Each entry parsed; duplicates, by their key, dropped; order kept. */
  #entries<T>(
    input: string,
    entries: readonly string[],
    parse: (entry: string) => Parsed<T>,
    key: (value: T) => string,
  ): readonly T[] {
    const values = new Map<string, T>();
    for (const entry of entries) {
      const value = this.take(input, parse(entry));
      if (value !== undefined && !values.has(key(value))) values.set(key(value), value);
    }
    return [...values.values()];
  }
}
