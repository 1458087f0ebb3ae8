import { registry } from '../checks/registry.ts';
import type { Finding } from '../gate/finding.ts';
import { matchOf } from './match.ts';
import type { Match } from './root-cause.ts';

/** Where the message names the node, and so differs from node to node. */
const titles: Readonly<Record<string, readonly (readonly [names: RegExp, title: string])[]>> = {
  'node-registered': [
    [/^Talos sees no Kubernetes node /, 'not registered as a Kubernetes node'],
    [/^Kubernetes has the node .* Talos does not see it$/, 'Kubernetes has the node, and Talos does not see it'],
  ],
  'node-ready': [[/^/, 'not Ready in Kubernetes: its kubelet, its container runtime or its network (CNI)']],
  'node-schedulable': [[/ is cordoned$/, 'cordoned: Kubernetes places no pods there']],
};

function titleOf({ check, status, message }: Finding): string {
  const [, title = message] = (titles[check] ?? []).find(([names]) => names.test(message)) ?? [];
  return status === 'pending' ? title : message;
}

const checks = new Map(registry.map((check) => [check.id, check]));

/** What could not be read is no proof of what the check means when it does not hold. */
function explain({ check, unknown }: Finding): string {
  const { title = '', explanation = '' } = checks.get(check) ?? {};
  return unknown ? `It is not known whether ${title}.` : explanation;
}

function blames({ check, node }: Finding): Match['blames'] {
  return node !== undefined ? 'nodes' : check === 'credentials' ? 'talosconfig' : 'cluster';
}

/** What nobody has claimed is a cause of its own: one for the same observation of the same check, on however many nodes. */
export function unclassified(open: readonly Finding[]): readonly Match[] {
  const same = Map.groupBy(open, (finding) => JSON.stringify([finding.check, finding.status, titleOf(finding)]));
  return [...same.values()].flatMap((findings) =>
    findings
      .slice(0, 1)
      .flatMap((first) =>
        matchOf(findings, { blames: blames(first), title: titleOf(first), explanation: explain(first) }),
      ),
  );
}
