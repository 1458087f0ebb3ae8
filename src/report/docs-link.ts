/** Where the checks are described: a summary knows no relative links. */
const page = 'https://github.com/talos-health/talos-health/blob/main/docs/checks.md';

/** The place in the documentation of a check. */
export function docsOf(check: string): string {
  return `${page}#${encodeURIComponent(check)}`;
}
