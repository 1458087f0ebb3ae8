import { registry } from '../checks/registry.ts';
import type { Finding } from '../gate/finding.ts';
import { matchOf } from './match.ts';
import type { Match } from './root-cause.ts';

/** Titles for messages that name the node, and therefore differ from node to node. */
const titles: Readonly<Record<string, readonly (readonly [pattern: RegExp, title: string])[]>> = {
  'node-registered': [
    [/^Talos sees no Kubernetes node /, 'not registered as a Kubernetes node'],
    [/^Kubernetes has the node .* Talos does not see it$/, 'Kubernetes has the node, and Talos does not see it'],
  ],
  'node-ready': [[/^/, 'not Ready in Kubernetes: its kubelet, its container runtime or its network (CNI)']],
  'node-schedulable': [[/ is cordoned$/, 'cordoned: Kubernetes places no pods there']],
};

function titleOf({ check, status, message }: Finding): string {
  const [, title = message] = (titles[check] ?? []).find(([pattern]) => pattern.test(message)) ?? [];
  return status === 'pending' ? title : message;
}

const checks = new Map(registry.map((check) => [check.id, check]));

/** The explanation of the check applies only if its result is known. */
function explain({ check, unknown }: Finding): string {
  const { title = '', explanation = '' } = checks.get(check) ?? {};
  return unknown ? `It is not known whether ${title}.` : explanation;
}

function blames({ check, node }: Finding): Match['blames'] {
  return node !== undefined ? 'nodes' : check === 'credentials' ? 'talosconfig' : 'cluster';
}

/** Findings that no rule claims: one match for each observation of each check, on any number of nodes. */
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
