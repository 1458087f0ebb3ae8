import type { Facet, NodeSnapshot } from '../observe/snapshot.ts';
import { hintOf, nodesOf, openOnNodes } from './context.ts';
import type { Rule } from './root-cause.ts';

/** What each check reads; those of etcd are not among it: an etcd that hangs is a cause of its own. */
const reads: Readonly<Record<string, (node: NodeSnapshot) => readonly Facet<unknown>[]>> = {
  'boot-finished': ({ machineStatus }) => [machineStatus],
  'machine-ready': ({ machineStatus }) => [machineStatus],
  services: ({ services }) => [services],
  'etcd-service': ({ services }) => [services],
  memory: ({ memory }) => [memory],
  disk: ({ ephemeral }) => [ephemeral],
  diagnostics: ({ diagnostics }) => [diagnostics],
  'api-server-ready': ({ staticPods, staticPodStatuses }) => [staticPods, staticPodStatuses],
  'control-plane-components': ({ staticPods, staticPodStatuses }) => [staticPods, staticPodStatuses],
  'node-registered': ({ nodename, nodeStatuses }) => [nodename, nodeStatuses],
  'static-pods': ({ staticPods, staticPodStatuses }) => [staticPods, staticPodStatuses],
};

const silent: ReadonlySet<string> = new Set([
  'timeout',
  'connect-timeout',
  'dropped',
  'refused',
  'no-route',
  'unavailable',
]);

function unanswered(check: string, node: NodeSnapshot): boolean {
  return reads[check]?.(node).some((facet) => !facet.ok && silent.has(facet.error.kind)) === true;
}

export const partialResponse: Rule = {
  id: 'half-silent-node',
  symptom: 'A node answers with its version, and gives no answer to two or more other questions.',
  match: (context) => {
    const open = openOnNodes(context, ...Object.keys(reads)).filter(
      ({ finding, node }) => node.version.ok && unanswered(finding.check, node),
    );
    const byNode = Map.groupBy(open, ({ node }) => node.node.name);
    const findings = open
      .filter(({ node }) => (byNode.get(node.node.name)?.length ?? 0) > 1)
      .map(({ finding }) => finding);
    return findings.length === 0
      ? []
      : [
          {
            blames: 'nodes',
            nodes: nodesOf(findings),
            title: 'the Talos API answers only some calls in time',
            explanation:
              'The node is overloaded or went away while it was asked. Where it concerns all nodes, the way to them or the endpoint is slow: a longer rpc-timeout helps.',
            hint: hintOf(findings),
            findings,
          },
        ];
  },
};
