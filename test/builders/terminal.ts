import { displayWidth } from '../../src/report/terminal/width.ts';

/** A terminal for tests of redrawing: it wraps, scrolls, and supports the sequences that move the cursor and clear. */
export class FakeTerminal {
  columns: number;
  rows: number;
  cursorHidden = false;
  /** Lines as they were written; a line wider than the terminal takes several rows. */
  #lines: string[] = [''];
  /** The line of the cursor, which is always at its start. */
  #row = 0;

  constructor(columns = 80, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  /** All lines, including those that have scrolled out of view. */
  get text(): string {
    return this.#lines.join('\n').trimEnd();
  }

  write(text: string): boolean {
    // Makes escape characters visible.
    const visible = text.replaceAll('\u001b', '␛');
    for (const [part] of visible.matchAll(/␛\[(?:\?25[lh]|\d*[A-Za-z])|[^␛\n\r]+|\n|\r/g)) {
      this.#put(part);
    }
    return true;
  }

  #put(part: string): void {
    if (part === '␛[?25l' || part === '␛[?25h') {
      this.cursorHidden = part.endsWith('l');
    } else if (part === '\n') {
      this.#row += 1;
      this.#lines[this.#row] ??= '';
    } else if (part === '␛[J') {
      this.#lines = [...this.#lines.slice(0, this.#row), ''];
    } else if (/^␛\[\d+A$/.test(part)) {
      this.#up(Number(part.slice(2, -1)));
    } else if (!part.startsWith('␛') && part !== '\r') {
      this.#lines[this.#row] = part;
    }
  }

  /** Moves up by rows; a line that is too wide takes several. */
  #up(rows: number): void {
    let left = Math.min(rows, this.rows - 1);
    while (left > 0 && this.#row > 0) {
      this.#row -= 1;
      left -= Math.max(1, Math.ceil(displayWidth(this.#lines[this.#row] ?? '') / this.columns));
    }
  }
}
