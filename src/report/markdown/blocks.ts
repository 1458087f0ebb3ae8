/** A part of a document that is kept or dropped as a whole. Its tags are balanced and its fences closed. */
export interface Block {
  readonly text: string;
  /** Priority if not all blocks fit: higher ranks are dropped first. */
  readonly rank: number;
}

/** Bytes reserved for the line that says how many blocks were dropped. */
const reserve = 500;

/**
 * The blocks as one text of at most `limit` bytes of UTF-8, in their order. If
 * they do not fit, the highest ranks are dropped first. Within a rank, all
 * blocks after a dropped one are dropped too, so that a list keeps its beginning.
 */
export function joinBlocks(blocks: readonly Block[], limit: number): string {
  const sized = blocks.map((block, index) => ({ ...block, index, bytes: Buffer.byteLength(block.text) + 2 }));
  const byRank = sized.toSorted((one, other) => one.rank - other.rank);
  const kept = new Set<number>();
  let room = limit - reserve;
  let closedRank: number | undefined;
  for (const { index, rank, bytes } of byRank) {
    if (rank !== closedRank && bytes <= room) {
      kept.add(index);
      room -= bytes;
    } else {
      closedRank = rank;
    }
  }
  const texts = blocks.filter((_, index) => kept.has(index)).map(({ text }) => text);
  const dropped = blocks.length - kept.size;
  if (dropped > 0) {
    const parts = dropped === 1 ? '1 part was' : `${dropped} parts were`;
    texts.push(`✂️ Shortened: ${parts} omitted: GitHub limits the size of summaries. The JSON report has everything.`);
  }
  return `${texts.join('\n\n')}\n`;
}

/** A folded block. `title` is HTML, `body` Markdown. */
export function fold(title: string, body: string): string {
  return `<details>\n<summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** A table. Cells must be escaped: no `|`, no line breaks. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
