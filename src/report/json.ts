import type { Report } from './model.ts';

/** The report file: keys in the order in which the report was built, and a line break at the end. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
