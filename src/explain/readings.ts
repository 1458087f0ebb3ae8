import type { Check, Reading } from '../checks/check.ts';
import { kubernetesFacetOf, kubernetesFacets } from '../observe/facets/kubernetes.ts';
import { clusterFacets, isNodeFacet, nodeFacet } from '../observe/facets/table.ts';
import { mostOfSmall } from '../observe/members/cluster.ts';
import { compareReleases, releaseOf } from '../values/release.ts';

const ofCluster: Readonly<Record<string, { readonly source: string }>> = clusterFacets;

/** How a facet is read that most nodes have nothing of. */
const sampled = `sampled above ${mostOfSmall} nodes`;

/** The source of a facet, in Markdown. */
function sourceOf(name: Reading): string {
  if (isNodeFacet(name)) {
    const { source, since, isAbsent } = nodeFacet(name);
    const notes = [
      ...(since === undefined ? [] : [`since Talos ${since}`]),
      ...(isAbsent === undefined ? [] : [sampled]),
    ];
    return notes.length === 0 ? source : `${source} (${notes.join('; ')})`;
  }
  const kubernetes = kubernetesFacetOf(name);
  return kubernetes === undefined
    ? (ofCluster[name]?.source ?? name)
    : `${kubernetesFacets[kubernetes].what} (Kubernetes API)`;
}

/** The sources that a check reads, in Markdown, without a full stop. */
export function readingsOf({ reads, alsoReads }: Check): string {
  const needed = new Set(reads.map(sourceOf));
  const optional = new Set(alsoReads.map(sourceOf).filter((source) => !needed.has(source)));
  return [needed, optional]
    .map((sources) => [...sources].join(', '))
    .filter(Boolean)
    .join('; where known, ');
}

function laterOf(one: string | undefined, other: string | undefined): string | undefined {
  const [left, right] = [releaseOf(one ?? ''), releaseOf(other ?? '')];
  return left === undefined || (right !== undefined && compareReleases(left, right) < 0) ? other : one;
}

/** The version of Talos that introduced a facet; undefined if every version has it, or another facet tells the same. */
function sinceOf(name: Reading): string | undefined {
  if (!isNodeFacet(name)) return undefined;
  const { since, implied } = nodeFacet(name);
  return implied !== undefined && isNodeFacet(implied.from) && sinceOf(implied.from) === undefined ? undefined : since;
}

/** The oldest version of Talos that has what a check must read, such as `1.14`; undefined if every version has it. */
export function oldestTalosOf({ reads }: Check): string | undefined {
  return reads.map(sinceOf).reduce(laterOf, undefined);
}

/** Which versions of Talos have what a check reads, without a full stop. */
export function versionsOf(check: Check): string {
  const oldest = oldestTalosOf(check);
  const parts = check.alsoReads.flatMap((name) => {
    const since = sinceOf(name);
    return since === undefined || !isNodeFacet(name) || laterOf(oldest, since) === oldest
      ? []
      : [`${nodeFacet(name).what} since ${since}`];
  });
  return [oldest === undefined ? 'every version' : `${oldest} and newer`, ...parts].join('; ');
}

/** The addresses of the public reports that a check answers. */
export function reportLinks({ docs: { reports = [] } }: Check): readonly string[] {
  return reports.map((report) => `https://github.com/${report.replace('#', '/issues/')}`);
}

/** The public reports that a check answers, as links in Markdown. */
export function reportsOf(check: Check): string {
  const links = reportLinks(check);
  return (check.docs.reports ?? []).map((report, index) => `[${report}](${links[index]})`).join(', ');
}
