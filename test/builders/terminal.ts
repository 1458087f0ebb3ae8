import { displayWidth } from '../../src/report/terminal/width.ts';

/** The sequence that puts the cursor into the column after a name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is one
export const columnMark = /\u001b\[K\u001b\[\d+G/g;

/**
 * A terminal for tests of redrawing: it scrolls, wraps lines again when its size changes, and supports the sequences
 * that move the cursor and clear. Colours are ignored.
 */
export class FakeTerminal {
  columns: number;
  rows: number;
  cursorHidden = false;
  /** Lines as they were written, as cells; the second cell of a wide character is empty. A line takes several rows if it is wider than the terminal. */
  #lines: string[][] = [[]];
  #line = 0;
  #column = 0;
  #listeners = new Set<() => void>();

  constructor(columns = 80, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  /** All lines, including those that have scrolled out of view. */
  get text(): string {
    return this.#lines
      .map((cells) => cells.join('').trimEnd())
      .join('\n')
      .trimEnd();
  }

  on(_event: 'resize', listener: () => void): void {
    this.#listeners.add(listener);
  }

  off(_event: 'resize', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    for (const listener of this.#listeners) {
      listener();
    }
  }

  write(text: string): boolean {
    // Makes escape characters visible.
    const visible = text.replaceAll('\u001b', '␛');
    for (const [part] of visible.matchAll(/␛\[[?\d;]*[A-Za-z]|[^␛\n\r]|\n|\r/gu)) {
      this.#put(part);
    }
    return true;
  }

  #put(part: string): void {
    const [, amount = '', command = ''] = /^␛\[\??(\d*)([A-Za-z])$/.exec(part) ?? [];
    if (part === '\r') {
      this.#column = 0;
    } else if (part === '\n') {
      this.#line += 1;
      this.#column = 0;
      this.#lines[this.#line] ??= [];
    } else if (command === '') {
      this.#print(part);
    } else if (amount === '25') {
      this.cursorHidden = command === 'l';
    } else if (command === 'A') {
      this.#up(Number(amount));
    } else if (command === 'G') {
      this.#column = Number(amount) - 1;
    } else if (command === 'J') {
      this.#lines = [...this.#lines.slice(0, this.#line), []];
    } else if (command === 'K') {
      this.#current.splice(amount === '2' ? 0 : this.#column);
    }
  }

  get #current(): string[] {
    const cells = this.#lines[this.#line] ?? [];
    this.#lines[this.#line] = cells;
    return cells;
  }

  #print(character: string): void {
    const cells = this.#current;
    while (cells.length < this.#column) {
      cells.push(' ');
    }
    // As most terminals, it draws characters of ambiguous width in one column.
    const width = character === '…' ? 1 : displayWidth(character);
    cells.splice(this.#column, width, ...[character, ''].slice(0, Math.max(1, width)));
    this.#column += width;
  }

  /** Moves up by rows, not beyond the top of the screen. Within a line that takes several, the rows above become a line. */
  #up(rows: number): void {
    let left = Math.min(rows, this.rows - 1);
    while (left > 0 && this.#line > 0) {
      this.#line -= 1;
      const cells = this.#current;
      const above = Math.max(1, Math.ceil(cells.length / this.columns)) - left;
      left = -above;
      if (above > 0) {
        this.#lines.splice(this.#line, 1, cells.slice(0, above * this.columns), cells.slice(above * this.columns));
        this.#line += 1;
      }
    }
  }
}
