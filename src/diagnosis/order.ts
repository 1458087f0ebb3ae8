import { stages } from '../checks/check.ts';
import { type Finding, isFine, nodesOf } from '../gate/finding.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { partialResponse, waitEnded } from './partial-responses.ts';
import { costsVote, nonVoters } from './quorum.ts';
import type { RootCause } from './root-cause.ts';

/** Faults of the caller's own configuration hide all others. */
function hidingRank({ blames, findings }: RootCause): number {
  const failed = findings.some(({ status }) => status === 'fail');
  const isCallers = blames === 'talosconfig' || blames === 'endpoints' || blames === 'clocks';
  return failed ? 0 : isCallers ? 1 : 2;
}

/** Whether the cause affects the cluster as a whole, more than half of its nodes, or a lost quorum. Workloads are what the rest serves. */
function isWide({ findings, consequences, notJudged }: RootCause, nodes: number, faulty: ReadonlySet<string>): boolean {
  const all = [...findings, ...consequences, ...notJudged];
  return (
    all.some(({ node, stage }) => node === undefined && stage !== 'workloads') ||
    nodesOf(all).length * 2 > nodes ||
    findings.some((finding) => costsVote(finding, faulty))
  );
}

/** Whether the control plane itself is concerned, and not only what runs there besides, such as another static pod. */
function concernsControlPlane(cause: RootCause, controlPlanes: ReadonlySet<string>): boolean {
  const isEarly = stageRank(cause) <= stages.indexOf('control-plane');
  return isEarly && (cause.nodes.length === 0 || cause.nodes.some((name) => controlPlanes.has(name)));
}

/** What is only not answered comes after what is known to be wrong: on a slow cluster it may be of any node. */
function isUnanswered({ id }: RootCause): boolean {
  return id === waitEnded.id || id === partialResponse.id;
}

function stageRank({ findings }: RootCause): number {
  return Math.min(...findings.map(({ stage }) => stages.indexOf(stage)));
}

/** In the order in which to fix them: what hides others, what is known, what affects most of the cluster, the control plane, earlier stages, more consequences. */
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
        isUnanswered(cause) ? 1 : 0,
        isWide(cause, nodes, faulty) ? 0 : 1,
        concernsControlPlane(cause, controlPlanes) ? 0 : 1,
        stageRank(cause),
        // A lost quorum comes after the nodes that are known to cost votes.
        faulty.size > 0 && cause.findings.every(({ check }) => check === 'etcd-quorum') ? 1 : 0,
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
