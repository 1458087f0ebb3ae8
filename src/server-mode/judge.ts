import { apiReachable } from '../checks/connectivity/api-reachable.ts';
import { credentials } from '../checks/connectivity/credentials.ts';
import { topology } from '../checks/connectivity/topology.ts';
import { nodeAt } from '../checks/facts/nodes.ts';
import { count } from '../checks/text.ts';
import { evaluate } from '../gate/evaluate.ts';
import type { Finding } from '../gate/finding.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { ClusterNode } from '../observe/members/cluster.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';
import type { Failure } from '../talos/failure.ts';
import { serverCheckId } from './attribute-error.ts';
import { attributionsOf, findingsOf } from './findings.ts';
import { deniedTitle, noProgress, type Progress } from './progress.ts';
import { type Server, serverCheck } from './server.ts';
import { judgeable, unobserved } from './snapshot.ts';

/** The state of server mode at one moment. */
export interface Known extends Omit<Snapshot, 'nodes'> {
  /** The output of the last server that sent a line. */
  readonly progress: Progress;
  readonly server: Server;
}

/** Builds the snapshot and the findings of client mode from the state of server mode. */
export function judge(known: Known, options: CheckOptions): Evaluation {
  const { progress, server, ...observed } = known;
  return hasNoEndpoint(observed) ? judgeEndpoints(observed, options) : judgeProgress(known, observed, options);
}

interface Evaluation {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
}

function hasNoEndpoint({ endpoints }: Omit<Snapshot, 'nodes'>): boolean {
  return endpoints.every(({ state }) => state === 'failed' || state === 'worker');
}

/** Without a usable endpoint: evaluates the endpoints as client mode does, and blocks the checks of the server. */
function judgeEndpoints(observed: Omit<Snapshot, 'nodes'>, options: CheckOptions): Evaluation {
  const { cluster, endpoints, at } = observed;
  const withoutNodes = { ...observed, nodes: [] };
  const failureOf = (node: ClusterNode): Failure | undefined =>
    (endpoints.find((endpoint) => nodeAt(withoutNodes, endpoint)?.name === node.name) ?? endpoints[0])?.failure;
  const snapshot = { ...observed, nodes: cluster.nodes.map((node) => unobserved(node, at, failureOf(node))) };
  const own = evaluate(snapshot, options, [credentials, topology, apiReachable]);
  const rest = findingsOf({
    progress: noProgress,
    judged: cluster.nodes,
    blocker: blockerIn(own),
    attributions: [],
    unreachable: unreachableFinding(snapshot, options),
  });
  const evaluated = new Set(own.map(({ check }) => check));
  return { snapshot, findings: [...own, ...rest.filter(({ check }) => !evaluated.has(check))] };
}

function blockerIn(findings: readonly Finding[]): Pick<Finding, 'check' | 'node'> {
  const withStatus = (wanted: Finding['status']) => findings.find(({ status }) => status === wanted);
  return withStatus('fail') ?? withStatus('pending') ?? { check: serverCheckId };
}

/** Evaluates a node that cannot be reached as `api-reachable` does. */
function unreachableFinding(snapshot: Snapshot, options: CheckOptions) {
  return (node: NodeSnapshot): Pick<Finding, 'status' | 'message' | 'hint'> => {
    const { status, message, hint } = apiReachable.evaluate(node, snapshot, options);
    return { status, message, ...(hint !== undefined && { hint }) };
  };
}

function judgeProgress(
  { progress, server }: Known,
  observed: Omit<Snapshot, 'nodes'>,
  options: CheckOptions,
): Evaluation {
  const { cluster, judged } = judgeable(observed.cluster, progress.nodes);
  const attributions = attributionsOf(progress, judged);
  const unreached = new Map(attributions.map(({ node, unreached: failure }) => [node?.name, failure]));
  const nodes = cluster.nodes.map((node) => unobserved(node, observed.at, unreached.get(node.name)));
  const snapshot: Snapshot = { ...observed, cluster, nodes };
  const role = deniedTitle(progress, observed.credentials);
  const serverFindings = serverCheck(server, progress, snapshot, role);
  const own = [
    ...evaluate(snapshot, options, [credentials]).filter(({ check }) =>
      serverFindings.every((one) => one.check !== check),
    ),
    ...serverFindings,
    ...topologyFinding(snapshot),
  ];
  const rest = findingsOf({
    progress,
    judged,
    blocker: blockerIn(own),
    attributions: role === undefined ? attributions : [],
    unreachable: unreachableFinding(snapshot, options),
  });
  return { snapshot, findings: [...own, ...rest] };
}

/** The server finds the nodes by itself: an incomplete list on this side is only a warning. */
function topologyFinding(snapshot: Snapshot): readonly Finding[] {
  const { nodes, notes, source } = snapshot.cluster;
  const controlPlanes = nodes.filter(({ role }) => role === 'controlplane').length;
  const workers = nodes.length - controlPlanes;
  const summary = `${count(controlPlanes, 'control plane')} and ${count(workers, 'worker')} (${source})`;
  return [
    {
      check: topology.id,
      stage: topology.stage,
      status: notes.length === 0 ? 'pass' : 'warn',
      message: [summary, ...notes].join('; '),
    },
  ];
}
