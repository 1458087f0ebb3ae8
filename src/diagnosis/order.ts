import { stages } from '../checks/check.ts';
import { type Finding, isFine, nodesOf } from '../gate/finding.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { costsVote, nonVoters } from './quorum.ts';
import type { RootCause } from './root-cause.ts';

/** Faults of the caller's own configuration hide all others. */
function hidingRank({ blames, findings }: RootCause): number {
  const failed = findings.some(({ status }) => status === 'fail');
  const isCallers = blames === 'talosconfig' || blames === 'endpoints' || blames === 'clocks';
  return failed ? 0 : isCallers ? 1 : 2;
}

/** Whether the cause affects the cluster as a whole, more than half of its nodes, or a lost quorum. */
function isWide({ findings, consequences, notJudged }: RootCause, nodes: number, faulty: ReadonlySet<string>): boolean {
  const all = [...findings, ...consequences, ...notJudged];
  return (
    all.some(({ node }) => node === undefined) ||
    nodesOf(all).length * 2 > nodes ||
    findings.some((finding) => costsVote(finding, faulty))
  );
}

function stageRank({ findings }: RootCause): number {
  return Math.min(...findings.map(({ stage }) => stages.indexOf(stage)));
}

/** In the order in which to fix them: what hides others, what affects most of the cluster, earlier stages, control planes, more consequences. */
export function inOrder(
  causes: readonly RootCause[],
  findings: readonly Finding[],
  snapshot: Snapshot,
): readonly RootCause[] {
  // A blocked check of the quorum counts as lost: etcd may be down because of the very node that does not answer.
  const lost = findings.some((finding) => finding.check === 'etcd-quorum' && !isFine(finding));
  const faulty = lost ? nonVoters({ snapshot, findings }) : new Set<string>();
  const controlPlanes = new Set(
    snapshot.nodes.filter(({ node }) => node.role === 'controlplane').map(({ node }) => node.name),
  );
  const nodes = nodesOf(findings).length;
  const position = new Map(findings.map((finding, index) => [finding, index]));
  return causes
    .map((cause) => ({
      cause,
      keys: [
        hidingRank(cause),
        isWide(cause, nodes, faulty) ? 0 : 1,
        stageRank(cause),
        // A lost quorum comes after the nodes that are known to cost votes.
        faulty.size > 0 && cause.findings.every(({ check }) => check === 'etcd-quorum') ? 1 : 0,
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
