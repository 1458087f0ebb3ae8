import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import markdownIt from 'markdown-it';

const parser = markdownIt({ html: true });

type Token = ReturnType<typeof parser.parse>[number];

/** A fenced code block. */
export interface Fence {
  readonly language: string;
  readonly text: string;
  /** The position of its start, as `file:line`. */
  readonly at: string;
}

const markdownIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name).replaceAll('\\', '/'));

/** All pages of the documentation. */
export const pages: readonly string[] = [...markdownIn('.'), ...markdownIn('docs')];

const tokensOf = (path: string): readonly Token[] => parser.parse(readFileSync(path, 'utf8'), {});

export function fences(path: string): readonly Fence[] {
  return tokensOf(path)
    .filter(({ type }) => type === 'fence')
    .map(({ info, content, map }) => ({ language: info.trim(), text: content, at: `${path}:${(map?.[0] ?? 0) + 1}` }));
}

const plain = ({ children, content }: Token): string =>
  children === null
    ? content
    : children
        .filter(({ type }) => type === 'text' || type === 'code_inline')
        .map((child) => child.content)
        .join('');

/** The texts of the headings, without their formatting. */
export function headings(path: string): readonly string[] {
  const tokens = tokensOf(path);
  return tokens.flatMap((token, index) =>
    token.type === 'inline' && tokens[index - 1]?.type === 'heading_open' ? [plain(token)] : [],
  );
}

/** The anchors that GitHub generates for the headings. */
export function anchors(path: string): ReadonlySet<string> {
  const counts = new Map<string, number>();
  return new Set(
    headings(path).map((heading) => {
      const slug = heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_\- ]/gu, '')
        .replaceAll(' ', '-');
      const before = counts.get(slug) ?? 0;
      counts.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    }),
  );
}

function linksOf(token: Token): readonly string[] {
  if (token.type === 'html_block' || token.type === 'html_inline') {
    return [...token.content.matchAll(/\b(?:href|src|srcset)="([^"]+)"/g)].map(([, url = '']) => url);
  }
  const url = token.attrGet('href') ?? token.attrGet('src');
  return url === null ? [] : [String(url)];
}

/** The URLs of the links and pictures of a page, including those in HTML. */
export function links(path: string): readonly string[] {
  return tokensOf(path).flatMap((token) => [token, ...(token.children ?? [])].flatMap(linksOf));
}
