import assert from 'node:assert/strict';

/** The only links: those to the documentation of checks. */
const ownLink =
  /(?<=^|[^!])\[`[a-z-]+`\]\(https:\/\/github\.com\/talos-health\/talos-health\/blob\/main\/docs\/checks\.md#[a-z-]+\)/gm;

/** Markdown without fenced blocks and code spans. */
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
      // The tags of folds, on lines of their own, and line breaks in the head of the matrix are the only HTML.
      const head = line.startsWith('| node | ') ? line.replaceAll('-<br>', '-') : line;
      assert.match(head.replace(/^<summary>([^<>]*)<\/summary>$/, '$1'), /^[^<>]*$/);
    }
    // A folded report has folds.
    assert(depth >= 0 && depth <= 2, `folds are balanced and nested at most once: ${line}`);
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

/** What every summary must satisfy, whatever the texts of nodes. */
export function assertValidMarkdown(markdown: string): void {
  const lines = withoutCode(markdown).split('\n');
  assertFolds(lines);
  assertTables(lines);
  assert.doesNotMatch(markdown, /(?!\n)[\p{Cc}\p{Cf}\p{Cs}]/u, 'no control and no invisible characters');
  const text = lines.join('\n');
  assert.doesNotMatch(text, /@(?!&#8203;)/, 'no mention');
  assert.doesNotMatch(text, /:\/\/|\bwww\.|#\d(?<!&#\d)/, 'no bare link, no issue number');
}

/** No line of the log is a workflow command, in either of its two forms. */
export function assertNoCommand(text: string): void {
  assert.doesNotMatch(text, /^\s*::|##\w*\[|(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/mu);
}
