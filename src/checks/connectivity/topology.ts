import type { CheckOptions } from '../../inputs/options.ts';
import type { EndpointSnapshot, NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { FailureKind } from '../../talos/failure.ts';
import { shellWord } from '../../values/shell.ts';
import type { Hint, Outcome } from '../check.ts';
import { clusterCheck } from '../define.ts';
import {
  allEndpointsFailed,
  endpointNodes,
  endpointsHint,
  failureList,
  hasOnlyWorkers,
  isAccepted,
  isReached,
} from '../facts/endpoints.ts';
import { claimants, matchingNodes, nodeAt, nodeFilter } from '../facts/nodes.ts';
import { fail, here, hint, pass, pending, roleHint, skip, warn } from '../outcome.ts';
import { count, hostOf } from '../text.ts';

const endpointHint = hint(
  'Use control plane nodes as endpoints, or a load balancer in front of them: a worker does not forward calls to other nodes.',
);

/** A hint to list the members that the discovery of each endpoint knows; of those that answer, if any does. */
function membersHint({ endpoints, credentials, cluster }: Snapshot, text: string): Hint {
  const usable = endpoints.filter(({ state }) => state !== 'failed');
  const asked = usable.length > 0 ? usable : endpoints.slice(0, 1);
  // Omni is no node.
  const nodes =
    credentials.account === undefined
      ? asked.map(({ endpoint }) => hostOf(endpoint))
      : cluster.nodes.slice(0, 1).map(({ name }) => name);
  const names = [...new Set(nodes)].map(shellWord).join(',');
  return hint(text, names === '' ? 'talosctl get members' : `talosctl -n ${names} get members`);
}

const anomalyAdvice =
  'Use control plane nodes that can be reached from here as endpoints, and check the lists of nodes.';
const listsAdvice = 'Give the nodes with control-plane-nodes and worker-nodes, or let discovery tell them.';

/** Discovery is disabled or not available: waiting does not help. */
const withoutDiscovery: ReadonlySet<FailureKind> = new Set(['unsupported-type', 'not-found', 'unimplemented']);

function endpointFault(snapshot: Snapshot): Outcome | undefined {
  if (!hasOnlyWorkers(snapshot)) {
    return undefined;
  }
  const workers = snapshot.endpoints.filter(({ state }) => state === 'worker').map(({ endpoint }) => endpoint);
  const others = failureList(snapshot.endpoints.filter(({ state }) => state === 'failed'));
  const words = `${workers.join(', ')} ${workers.length === 1 ? 'is a worker, which does not forward calls' : 'are workers, which do not forward calls'}`;
  // Another endpoint that fails may be a control plane that reboots: wait for it.
  return workers.length === snapshot.endpoints.length
    ? fail(words, endpointHint)
    : pending(`${words}; and ${others}`, endpointHint);
}

/** Omni answers, and no node behind it that could say who is in the cluster. */
function silentBehindOmni(snapshot: Snapshot): Outcome | undefined {
  const { credentials, discovery } = snapshot;
  const isSilent = !discovery.ok && !withoutDiscovery.has(discovery.error.kind) && isReached(snapshot);
  return credentials.account === undefined || !isSilent
    ? undefined
    : pending(
        `Omni answers, and no control plane behind it does: ${discovery.error.message}`,
        hint(
          'See in Omni which machines of the cluster are connected, and what they do.',
          `omnictl cluster status ${shellWord(credentials.account.cluster)}`,
        ),
        here('credentials'),
      );
}

function nodeFault(snapshot: Snapshot, options: CheckOptions): Outcome | undefined {
  const { nodes } = snapshot.cluster;
  const unreached = isReached(snapshot) ? '' : `; no endpoint answers: ${failureList(snapshot.endpoints)}`;
  if (!nodes.some(({ role }) => role === 'controlplane')) {
    const silent = silentBehindOmni(snapshot);
    if (silent !== undefined) {
      return silent;
    }
    return pending(
      `no control plane node is known${unreached}`,
      membersHint(snapshot, listsAdvice),
      here('credentials'),
    );
  }
  const unknownSelectors = options.onlyNodes.filter((selector) => matchingNodes(snapshot, selector).length === 0);
  if (unknownSelectors.length > 0) {
    const known = nodes
      .slice(0, 20)
      .map(({ name }) => name)
      .join(', ');
    const more = nodes.length > 20 ? ', …' : '';
    const shared = unknownSelectors.filter((selector) => claimants(snapshot, selector).length > 1);
    const words =
      shared.length > 0
        ? `only-nodes names ${shared.join(', ')}, which more than one node goes by: ${known}${more}${unreached}`
        : `only-nodes names ${unknownSelectors.join(', ')}, not among the nodes of the cluster: ${known}${more}${unreached}`;
    return pending(
      words,
      membersHint(snapshot, 'Name nodes as they are listed, or by one of their addresses.'),
      here('credentials'),
    );
  }
  const observed = new Set(snapshot.nodes.map(({ node }) => node.name));
  const isJudged = nodeFilter(snapshot, options);
  const notObserved = nodes.filter((node) => isJudged(node) && !observed.has(node.name));
  return notObserved.length === 0
    ? undefined
    : pending(
        `not looked at yet: ${notObserved.map(({ name }) => name).join(', ')}`,
        membersHint(snapshot, listsAdvice),
      );
}

/** Every endpoint failed and none is a node, such as a load balancer. For nodes, `api-reachable` reports it. */
function endpointsFault(snapshot: Snapshot, options: CheckOptions): Outcome | undefined {
  return isAccepted(snapshot) || !allEndpointsFailed(snapshot) || endpointNodes(snapshot, options).length > 0
    ? undefined
    : pending(`no endpoint answers: ${failureList(snapshot.endpoints)}`, endpointsHint(snapshot), here('credentials'));
}

const isControlPlaneThere = ({ node, version }: NodeSnapshot): boolean => node.role === 'controlplane' && version.ok;

function discoveryFault(snapshot: Snapshot): Outcome | undefined {
  const { discovery, cluster, credentials } = snapshot;
  if (cluster.source === 'given') {
    return undefined;
  }
  const isSilent = credentials.account !== undefined && !snapshot.nodes.some(isControlPlaneThere);
  if (!isAccepted(snapshot) || isSilent) {
    // `api-reachable` is pending on every node with the cause.
    return skip(`not looked at: ${isReached(snapshot) ? 'no control plane answers' : 'no endpoint could be reached'}`);
  }
  if (discovery.ok || withoutDiscovery.has(discovery.error.kind)) {
    return undefined;
  }
  const words = `discovery gives no answer: ${discovery.error.message}`;
  return discovery.error.kind === 'not-authorized'
    ? fail(words, roleHint)
    : pending(words, membersHint(snapshot, listsAdvice));
}

/** A list of three nodes in a cluster of a thousand has a disagreement for each of the others. */
const maxNotes = 10;

function summary(snapshot: Snapshot): Outcome {
  const { nodes, source, workersKnown, notes } = snapshot.cluster;
  const anomalies = [
    ...(isAccepted(snapshot) ? snapshot.endpoints.flatMap((endpoint) => anomalyOf(endpoint, snapshot)) : []),
    ...(workersKnown ? [] : ['the workers are unknown: without discovery, set worker-nodes']),
    ...notes.slice(0, maxNotes),
    ...(notes.length > maxNotes ? [`and ${notes.length - maxNotes} more such disagreements`] : []),
  ];
  const controlPlanes = nodes.filter(({ role }) => role === 'controlplane').length;
  const words = `${count(controlPlanes, 'control plane')} and ${count(nodes.length - controlPlanes, 'worker')} (${source})`;
  return anomalies.length === 0
    ? pass(words)
    : warn(`${words}; ${anomalies.join('; ')}`, membersHint(snapshot, workersKnown ? anomalyAdvice : listsAdvice));
}

/** An endpoint that cannot be used. `credentials` reports refused certificates, `api-reachable` nodes that are down. */
function anomalyOf(one: EndpointSnapshot, snapshot: Snapshot): string[] {
  const { endpoint, state, failure } = one;
  if (state === 'worker') {
    return [`endpoint ${endpoint} is a worker and is not used`];
  }
  if (state !== 'failed' || failure?.layer === 'caller' || failure?.kind === 'wrong-ca') {
    return [];
  }
  const machine = nodeAt(snapshot, one);
  const down = snapshot.nodes.some(({ node, version }) => !version.ok && node.name === machine?.name);
  return down ? [] : [`endpoint ${endpoint} cannot be used: ${failure?.message ?? 'no answer'}`];
}

export const topology = clusterCheck({
  id: 'topology',
  stage: 'connectivity',
  title: 'the nodes of the cluster are known',
  explanation: 'It is not known who is in the cluster, or the endpoints lead to no other node.',
  requires: [],
  reads: [],
  alsoReads: ['discovery', 'endpoints'],
  docs: {
    pending:
      'no control plane is known, `only-nodes` names a stranger, discovery gives no answer, no endpoint does and none is a node (a load balancer), or Omni does and no control plane behind it',
    fail: 'every endpoint is a worker, which does not forward calls, or the role may not read the members',
    warn: 'an endpoint cannot be used, the workers cannot be known, the lists and discovery disagree, one discovery lacks a machine that another one has, or a machine has vanished from discovery during the wait',
    skip: 'no endpoint can be reached',
    explainedBy: ['credentials'],
    talosctl:
      'given lists are the cluster there too; unlike there, an endpoint that is a worker and a list that discovery contradicts are named',
    reports: ['siderolabs/talos#10104', 'siderolabs/talos#7169'],
    advice:
      'Use control plane nodes as endpoints, which the command writes into the talosconfig, and give the nodes if discovery does not list them',
    commands: ['talosctl get members', 'talosctl config endpoint 10.0.0.1 10.0.0.2 10.0.0.3'],
  },
  evaluate(_, { snapshot, options }) {
    return (
      endpointFault(snapshot) ??
      nodeFault(snapshot, options) ??
      endpointsFault(snapshot, options) ??
      discoveryFault(snapshot) ??
      summary(snapshot)
    );
  },
});
