import markdownIt from 'markdown-it';

const escapeHtml = (text: string): string =>
  text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;' })[character] ?? '&gt;');

/** Renders Markdown as GitHub does: with tables, HTML, bare links and Mermaid diagrams. */
function renderMarkdown(markdown: string): string {
  const parser = markdownIt({ html: true, linkify: true });
  const fence = parser.renderer.rules['fence'];
  parser.renderer.rules['fence'] = (tokens, index, options, env, self) => {
    const token = tokens[index];
    return token?.info.trim() === 'mermaid'
      ? `<pre class="mermaid">${escapeHtml(token.content)}</pre>\n`
      : (fence?.(tokens, index, options, env, self) ?? '');
  };
  return parser.render(markdown);
}

/** A text of another surface than the summary, such as a terminal. */
export interface Surface {
  readonly title: string;
  readonly text: string;
}

function surfaceSection({ title, text }: Surface): string {
  return `<header>${escapeHtml(title)}</header>\n<main><pre class="text">${escapeHtml(text)}</pre></main>`;
}

/**
 * A page with one summary, and other surfaces below it. `?theme=dark` and `?theme=light` override the theme of the
 * system, `?open` unfolds all details.
 */
export function page(title: string, markdown: string, surfaces: readonly Surface[] = []): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="preview.css">
<script src="mermaid.min.js"></script>
</head>
<body>
<header>${escapeHtml(title)} summary</header>
<main class="markdown">
${renderMarkdown(markdown)}
</main>
${surfaces.map(surfaceSection).join('\n')}
<script src="preview.js"></script>
</body>
</html>
`;
}
