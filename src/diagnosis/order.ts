import { stages } from '../checks/check.ts';
import { type Finding, isFine, nodesOf } from '../gate/finding.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { costsVote, culprits } from './quorum.ts';
import type { RootCause } from './root-cause.ts';

/** The caller's own fault hides all others. */
function hides({ blames, findings }: RootCause): number {
  const failed = findings.some(({ status }) => status === 'fail');
  const callers = blames === 'talosconfig' || blames === 'endpoints' || blames === 'clocks';
  return failed ? 0 : callers ? 1 : 2;
}

/** It concerns more than half of the nodes, the cluster as a whole, or a quorum that is lost. */
function isWide({ findings, consequences, notJudged }: RootCause, nodes: number, guilty: ReadonlySet<string>): boolean {
  const all = [...findings, ...consequences, ...notJudged];
  return (
    all.some(({ node }) => node === undefined) ||
    nodesOf(all).length * 2 > nodes ||
    findings.some((finding) => costsVote(finding, guilty))
  );
}

function depth({ findings }: RootCause): number {
  return Math.min(...findings.map(({ stage }) => stages.indexOf(stage)));
}

/** The first thing to fix first: what hides others, what concerns everybody, the earlier stage, control planes, and what has more behind it. */
export function inOrder(
  causes: readonly RootCause[],
  findings: readonly Finding[],
  snapshot: Snapshot,
): readonly RootCause[] {
  // Blocked, nobody could tell: where etcd answers nowhere, it may be on the very node that is down.
  const lost = findings.some((finding) => finding.check === 'etcd-quorum' && !isFine(finding));
  const guilty = lost ? culprits({ snapshot, findings }) : new Set<string>();
  const controlPlanes = new Set(
    snapshot.nodes.filter(({ node }) => node.role === 'controlplane').map(({ node }) => node.name),
  );
  const nodes = nodesOf(findings).length;
  const position = new Map(findings.map((finding, index) => [finding, index]));
  return causes
    .map((cause) => ({
      cause,
      keys: [
        hides(cause),
        isWide(cause, nodes, guilty) ? 0 : 1,
        depth(cause),
        // Where nodes are known to have cost votes, the quorum that is lost besides comes after them.
        guilty.size > 0 && cause.findings.every(({ check }) => check === 'etcd-quorum') ? 1 : 0,
        cause.nodes.length === 0 || cause.nodes.some((name) => controlPlanes.has(name)) ? 0 : 1,
        -cause.consequences.length - cause.notJudged.length,
        ...cause.findings.slice(0, 1).map((finding) => position.get(finding) ?? 0),
      ],
    }))
    .sort((one, other) => {
      const differs = one.keys.findIndex((key, index) => key !== other.keys[index]);
      return (one.keys[differs] ?? 0) - (other.keys[differs] ?? 0);
    })
    .map(({ cause }) => cause);
}
