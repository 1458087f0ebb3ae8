const end = '<!-- end of part -->';
const marked = /(<!-- part: (.+?) -->\n)[\s\S]*?(<!-- end of part -->)/g;

/**
 * The page with what stands between the marks `<!-- part: NAME -->` and
 * `<!-- end of part -->` made anew; the rest of it is written by hand.
 *
 * @param partOf the Markdown of a part by its name; throws for a name that it does not know
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
