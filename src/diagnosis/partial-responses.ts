import { registry } from '../checks/registry.ts';
import type { Facet } from '../observe/facet.ts';
import { isNodeFacet, nodeFacet } from '../observe/facets.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import { openOnNodes } from './context.ts';
import { matchOf } from './match.ts';
import type { Rule } from './root-cause.ts';

/** The facets of a node that each check reads, except those from etcd: an etcd that hangs is a cause of its own. */
const reads = new Map(
  registry.map((check) => [check.id, check.reads.filter(isNodeFacet).filter((name) => nodeFacet(name).etcd !== true)]),
);

const noAnswer: ReadonlySet<string> = new Set([
  'timeout',
  'connect-timeout',
  'dropped',
  'refused',
  'no-route',
  'unavailable',
]);

function unanswered(check: string, node: NodeSnapshot): boolean {
  const facets = (reads.get(check) ?? []).map((name): Facet<unknown> => node[name]);
  return facets.some((facet) => !facet.ok && noAnswer.has(facet.error.kind));
}

export const partialResponse: Rule = {
  id: 'half-silent-node',
  symptom: 'A node answers with its version, and gives no answer to two or more other questions.',
  match: (context) => {
    const open = openOnNodes(context, ...reads.keys()).filter(
      ({ finding, node }) => node.version.ok && unanswered(finding.check, node),
    );
    const byNode = Map.groupBy(open, ({ node }) => node.node.name);
    const findings = open
      .filter(({ node }) => (byNode.get(node.node.name)?.length ?? 0) > 1)
      .map(({ finding }) => finding);
    return matchOf(findings, {
      title: 'the Talos API answers only some calls in time',
      explanation:
        'The node is overloaded or went away while it was asked. Where it concerns all nodes, the way to them or the endpoint is slow: a longer rpc-timeout helps.',
    });
  },
};
