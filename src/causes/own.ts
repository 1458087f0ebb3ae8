import { registry } from '../checks/registry.ts';
import type { Finding } from '../gate/finding.ts';
import type { Claim } from './root-cause.ts';
import { hintOf, nodesOf } from './scene.ts';

/** Where the message names the node, and so differs from node to node. */
const titles: Readonly<Record<string, string>> = {
  'node-registered': 'not registered as a Kubernetes node',
  'node-ready': 'not Ready in Kubernetes: its kubelet, its container runtime or its network (CNI)',
  'node-schedulable': 'cordoned: Kubernetes places no pods there',
};

function titleOf({ check, status, message }: Finding): string {
  return status === 'pending' ? (titles[check] ?? message) : message;
}

const explanations = new Map(registry.map(({ id, explanation }) => [id, explanation]));

function blames({ check, node }: Finding): Claim['blames'] {
  return node !== undefined ? 'nodes' : check === 'credentials' ? 'talosconfig' : 'cluster';
}

/** What nobody has claimed is a cause of its own: one for the same observation of the same check, on however many nodes. */
export function ownCauses(open: readonly Finding[]): readonly Claim[] {
  const same = Map.groupBy(open, (finding) => JSON.stringify([finding.check, finding.status, titleOf(finding)]));
  return [...same.values()].flatMap((findings) =>
    findings.slice(0, 1).map((first) => ({
      blames: blames(first),
      nodes: nodesOf(findings),
      title: titleOf(first),
      explanation: explanations.get(first.check) ?? '',
      hint: hintOf(findings),
      findings,
    })),
  );
}
