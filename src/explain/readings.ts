import type { Check, Reading } from '../checks/check.ts';
import { clusterFacets, isNodeFacet, nodeFacet } from '../observe/facets.ts';
import { kubernetesFacetOf, kubernetesFacets } from '../observe/kubernetes-facets.ts';

const ofCluster: Readonly<Record<string, { readonly source: string }>> = clusterFacets;

/** The source of a facet, in Markdown. */
function sourceOf(name: Reading): string {
  if (isNodeFacet(name)) {
    const { source, since } = nodeFacet(name);
    return since === undefined ? source : `${source} (since Talos ${since})`;
  }
  const kubernetes = kubernetesFacetOf(name);
  return kubernetes === undefined
    ? (ofCluster[name]?.source ?? name)
    : `${kubernetesFacets[kubernetes].what} (Kubernetes API)`;
}

const list = (names: readonly Reading[]): string => [...new Set(names.map(sourceOf))].join(', ');

/** The sources that a check reads, in Markdown, without a full stop. */
export function readingsOf({ reads, alsoReads }: Check): string {
  return reads.length === 0 || alsoReads.length === 0
    ? list([...reads, ...alsoReads])
    : `${list(reads)}; where known, ${list(alsoReads)}`;
}

/** The public reports that a check answers, as links in Markdown. */
export function reportsOf({ docs: { reports = [] } }: Check): string {
  return reports.map((report) => `[${report}](https://github.com/${report.replace('#', '/issues/')})`).join(', ');
}
