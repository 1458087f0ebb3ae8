import { documentationRef } from '../version.ts';

/** The description of the checks of this version. Absolute, since summaries have no base for relative links. */
const page = `https://github.com/talos-health/talos-health/blob/${documentationRef}/docs/checks.md`;

/** The URL of the documentation of a check. */
export function docsOf(check: string): string {
  return `${page}#${encodeURIComponent(check)}`;
}
