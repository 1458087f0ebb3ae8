import { groupFindings } from '../groups.ts';
import type { Report } from '../model.ts';
import { docsLink, markdown } from '../sanitize/escape.ts';

const maxReasons = 10;

/** The checks that were skipped wherever they could apply, such as those that need Kubernetes access. */
export function appliesNowhere({ findings }: Report): ReadonlySet<string> {
  const others = new Set(findings.filter(({ status }) => status !== 'skip').map(({ check }) => check));
  return new Set(findings.filter(({ check }) => !others.has(check)).map(({ check }) => check));
}

/** These checks with their reason, once for the whole cluster: a line per reason. Empty if there are none. */
export function notCheckedLine(report: Report): readonly string[] {
  const nowhere = appliesNowhere(report);
  const skipped = report.findings.filter(({ check }) => nowhere.has(check));
  const lines = [...Map.groupBy(skipped, ({ message }) => message)].slice(0, maxReasons).map(([reason, same]) => {
    const checks = groupFindings(same, ({ check }) => check).map(({ check }) => docsLink(check));
    return `➖ Not checked: ${checks.join(', ')}: ${markdown(reason)}.`;
  });
  return lines.length === 0 ? [] : [lines.join('\n\n')];
}
