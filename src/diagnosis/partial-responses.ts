import { hint } from '../checks/outcome.ts';
import { registry } from '../checks/registry.ts';
import type { Facet } from '../observe/facets/facet.ts';
import { isNodeFacet, nodeFacet } from '../observe/facets/table.ts';
import type { FailureKind } from '../talos/failure.ts';
import { type OnNode, openOnNodes } from './context.ts';
import { matchOf } from './match.ts';
import type { Rule } from './root-cause.ts';

/** The facets of a node that each check reads. */
const reads = new Map(
  registry.map((check) => [check.id, [...check.reads, ...(check.alsoReads ?? [])].filter(isNodeFacet)]),
);

const noAnswer: ReadonlySet<FailureKind> = new Set([
  'timeout',
  'connect-timeout',
  'dropped',
  'refused',
  'no-route',
  'unavailable',
]);

/** Whether the result is not known, and a facet that the check reads failed so. */
function isUnread({ finding, node }: OnNode, kinds: ReadonlySet<FailureKind>, withEtcd: boolean): boolean {
  const names = (reads.get(finding.check) ?? []).filter((name) => withEtcd || nodeFacet(name).etcd !== true);
  const facets = names.map((name): Facet<unknown> => node[name]);
  return finding.unknown === true && facets.some((facet) => !facet.ok && kinds.has(facet.error.kind));
}

/** Of calls that the end of the wait cut short. */
const cutShort: ReadonlySet<FailureKind> = new Set(['cancelled']);

export const waitEnded: Rule = {
  id: 'wait-ended',
  symptom: 'The wait ended before a node could answer.',
  match: (context) => {
    const open = openOnNodes(context, ...reads.keys()).filter((one) => isUnread(one, cutShort, true));
    return matchOf(
      open.map(({ finding }) => finding),
      {
        title: 'the wait ended before all answers came',
        explanation: 'What is not answered is not known. The nodes, the way to them or the endpoint are slow.',
        hint: hint('Wait longer with wait-timeout.'),
      },
    );
  },
};

export const partialResponse: Rule = {
  id: 'half-silent-node',
  symptom: 'A node answers with its version, and gives no answer to two or more other questions.',
  match: (context) => {
    const open = openOnNodes(context, ...reads.keys()).filter(
      // An etcd that hangs is a cause of its own.
      (one) => one.node.version.ok && isUnread(one, noAnswer, false),
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
