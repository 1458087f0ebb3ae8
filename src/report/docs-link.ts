/** The description of the checks. Absolute, since summaries have no base for relative links. */
const page = 'https://github.com/talos-health/talos-health/blob/main/docs/checks.md';

/** The URL of the documentation of a check. */
export function docsOf(check: string): string {
  return `${page}#${encodeURIComponent(check)}`;
}
