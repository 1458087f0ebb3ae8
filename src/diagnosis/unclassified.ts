import { registry } from '../checks/registry.ts';
import type { Finding } from '../gate/finding.ts';
import { matchOf } from './match.ts';
import type { Match } from './root-cause.ts';
import { titleInWords } from './title.ts';

/** Titles, as replacements, for messages that differ from node to node because they name it, and for those that do not name their subject. */
const titles: Readonly<Record<string, readonly (readonly [message: RegExp, title: string])[]>> = {
  'node-registered': [
    [/^Talos sees no Kubernetes node .*/, 'not registered as a Kubernetes node'],
    [/^Kubernetes has the node .* Talos does not see it$/, 'Kubernetes has the node, and Talos does not see it'],
  ],
  'node-ready': [[/^.*/, 'not Ready in Kubernetes: its kubelet, its container runtime or its network (CNI)']],
  'etcd-leader': [[/^etcdserver: .*/, 'etcd reports an error']],
  'machine-ready': [[/^[\w-]+: .*/, 'the machine is not ready: $&']],
  'kube-proxy': [[/^\d+ of .*/, 'kube-proxy: $&']],
  coredns: [[/^\d+ of .*/, 'CoreDNS: $&']],
  identity: [[/^.* ha(?:s|ve) the same node id$/, 'several machines have the same node id']],
};

function titleOf({ check, status, message }: Finding): string {
  const [pattern, replacement] = (titles[check] ?? []).find(([one]) => one.test(message)) ?? [];
  const title = pattern === undefined || status !== 'pending' ? message : message.replace(pattern, replacement ?? '');
  return titleInWords(title, check);
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
