import assert from 'node:assert/strict';

/** The only links there are: to the description of a check. */
const ownLink =
  /(?<=^|[^!])\[`[a-z-]+`\]\(https:\/\/github\.com\/talos-health\/talos-health\/blob\/main\/docs\/checks\.md#[a-z-]+\)/gm;

/** Markdown without its fenced blocks and code spans, in which nothing formats. */
function withoutCode(markdown: string): string {
  return markdown
    .replace(/^(`{3,})(?:sh|text|mermaid)\n[\s\S]*?\n\1$/gm, '')
    .replace(ownLink, '')
    .replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
}

function assertFolds(lines: readonly string[]): void {
  let depth = 0;
  for (const line of lines) {
    if (line === '<details>') {
      depth += 1;
    } else if (line === '</details>') {
      depth -= 1;
    } else {
      // Beside the tags of a fold, on lines of their own, there is no HTML at all.
      assert.match(line.replace(/^<summary>([^<>]*)<\/summary>$/, '$1'), /^[^<>]*$/);
    }
    assert(depth === 0 || depth === 1, `folds are balanced and not nested: ${line}`);
  }
  assert.equal(depth, 0, 'every fold is closed');
}

function assertTables(lines: readonly string[]): void {
  let columns: number | undefined;
  for (const line of lines) {
    const pipes = line.match(/\|/g)?.length ?? 0;
    if (pipes > 0) {
      columns ??= pipes;
      assert.equal(pipes, columns, `every row has the columns of its head: ${line}`);
      assert(line.startsWith('| ') && line.endsWith(' |'), `a row is closed: ${line}`);
    } else {
      columns = undefined;
    }
  }
}

/** What must hold of every summary, whatever the nodes say. */
export function assertSound(markdown: string): void {
  const lines = withoutCode(markdown).split('\n');
  assertFolds(lines);
  assertTables(lines);
  assert.doesNotMatch(markdown, /(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u, 'no control and no invisible characters');
  const text = lines.join('\n');
  assert.doesNotMatch(text, /@(?!&#8203;)/, 'no mention');
  assert.doesNotMatch(text, /:\/\/|\bwww\.|#\d(?<!&#\d)/, 'no bare link, no issue number');
}

/** Neither of the two ways in which a runner finds a command in a line of a log. */
export function assertNoCommand(text: string): void {
  assert.doesNotMatch(text, /^\s*::|##\w*\[|(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/mu);
}
