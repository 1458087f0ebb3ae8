import { apiReachable } from '../checks/connectivity/api-reachable.ts';
import { credentials } from '../checks/connectivity/credentials.ts';
import { topology } from '../checks/connectivity/topology.ts';
import { nodeAt } from '../checks/facts/judged.ts';
import { count } from '../checks/text.ts';
import { evaluate } from '../gate/evaluate.ts';
import type { Finding } from '../gate/finding.ts';
import type { CheckOptions } from '../inputs/options.ts';
import type { ClusterNode } from '../observe/cluster.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';
import type { Failure } from '../talos/failure.ts';
import { ownCheck } from './attribute-error.ts';
import { attributionsOf, findingsOf } from './findings.ts';
import { deniedTitle, type Progress, silence } from './progress.ts';
import { type Server, serverCheck } from './server.ts';
import { judgeable, unseen } from './snapshot.ts';

/** All that is known in this mode at one moment. */
export interface Known extends Omit<Snapshot, 'nodes'> {
  /** What the server has said that said anything last. */
  readonly progress: Progress;
  readonly server: Server;
}

/** The same model as in mode client: what was seen, and what it means. */
export function judge(known: Known, options: CheckOptions): Pick<Judged, 'snapshot' | 'findings'> {
  const { progress, server, ...seen } = known;
  return isShut(seen) ? whileShut(seen, options) : whileOpen(known, seen, options);
}

interface Judged {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
}

/** No endpoint can be used: that is judged as in mode client, and the server's part is not known. */
function isShut({ endpoints }: Omit<Snapshot, 'nodes'>): boolean {
  return endpoints.every(({ state }) => state === 'failed' || state === 'worker');
}

function whileShut(seen: Omit<Snapshot, 'nodes'>, options: CheckOptions): Judged {
  const { cluster, endpoints, at } = seen;
  const bare = { ...seen, nodes: [] };
  const failureOf = (node: ClusterNode): Failure | undefined =>
    (endpoints.find((endpoint) => nodeAt(bare, endpoint)?.name === node.name) ?? endpoints[0])?.failure;
  const snapshot = { ...seen, nodes: cluster.nodes.map((node) => unseen(node, at, failureOf(node))) };
  const own = evaluate(snapshot, options, [credentials, topology, apiReachable]);
  const cause = own.find(({ status }) => status === 'fail') ?? own.find(({ status }) => status === 'pending');
  const blocker = cause ?? { check: ownCheck };
  const rest = findingsOf({
    progress: silence,
    judged: cluster.nodes,
    blocker,
    attributions: [],
    reach: reacher(snapshot, options),
  });
  const among = new Set(own.map(({ check }) => check));
  return { snapshot, findings: [...own, ...rest.filter(({ check }) => !among.has(check))] };
}

/** How `api-reachable` judges a node that gives no answer. */
function reacher(snapshot: Snapshot, options: CheckOptions) {
  return (node: NodeSnapshot): Pick<Finding, 'status' | 'message' | 'hint'> => {
    const { status, message, hint } = apiReachable.evaluate(node, snapshot, options);
    return { status, message, ...(hint !== undefined && { hint }) };
  };
}

function whileOpen({ progress, server }: Known, seen: Omit<Snapshot, 'nodes'>, options: CheckOptions): Judged {
  const { cluster, judged } = judgeable(seen.cluster, progress.nodes);
  const attributions = attributionsOf(progress, judged);
  const unreached = new Map(attributions.map(({ node, unreached: failure }) => [node?.name, failure]));
  const nodes = cluster.nodes.map((node) => unseen(node, seen.at, unreached.get(node.name)));
  const snapshot: Snapshot = { ...seen, cluster, nodes };
  const role = deniedTitle(progress, seen.credentials);
  const ofServer = serverCheck(server, progress, snapshot, role);
  const own = [
    ...evaluate(snapshot, options, [credentials]).filter(({ check }) => ofServer.every((one) => one.check !== check)),
    ...ofServer,
    ...knownNodes(snapshot),
  ];
  const cause = own.find(({ status }) => status === 'fail') ?? own.find(({ status }) => status === 'pending');
  const told = findingsOf({
    progress,
    judged,
    blocker: cause ?? { check: ownCheck },
    attributions: role === undefined ? attributions : [],
    reach: reacher(snapshot, options),
  });
  return { snapshot, findings: [...own, ...told] };
}

/** The server knows who is in the cluster, and does not need this side to be able to tell. */
function knownNodes(snapshot: Snapshot): readonly Finding[] {
  const { nodes, notes, source } = snapshot.cluster;
  const controlPlanes = nodes.filter(({ role }) => role === 'controlplane').length;
  const workers = nodes.length - controlPlanes;
  const words = `${count(controlPlanes, 'control plane')} and ${count(workers, 'worker')} (${source})`;
  return [
    {
      check: topology.id,
      stage: topology.stage,
      status: notes.length === 0 ? 'pass' : 'warn',
      message: [words, ...notes].join('; '),
    },
  ];
}
