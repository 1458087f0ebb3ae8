const end = '<!-- end of part -->';
const marked = /(<!-- part: (.+?) -->\n)[\s\S]*?(<!-- end of part -->)/g;

/**
 * Replaces the text between `<!-- part: NAME -->` and `<!-- end of part -->` in a page.
 * The rest of the page is written by hand.
 *
 * @param partOf returns the Markdown of a part; throws if its name is unknown
 */
export function fillParts(page: string, partOf: (name: string) => string): string {
  const filled = page.replace(marked, (_, mark: string, name: string) => `${mark}\n${partOf(name)}\n\n${end}`);
  const opened = page.match(/<!-- part: /g)?.length ?? 0;
  const closed = page.match(/<!-- end of part -->/g)?.length ?? 0;
  if (opened !== closed) {
    throw new Error(`expected each part to have its end, got ${opened} parts and ${closed} ends`);
  }
  return filled;
}
