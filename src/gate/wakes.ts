import type { Check } from '../checks/check.ts';
import type { KubernetesKind } from '../kubernetes/model.ts';
import { type ClusterNode, isSmall } from '../observe/cluster.ts';
import type { WatchKind } from '../observe/facets.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import type { Target } from '../observe/watching.ts';
import type { Told } from './bursts.ts';
import { type Finding, isUnresolved, subjectKey } from './finding.ts';

/**
 * What can end the pending findings: on the node of each what its check names,
 * and for a finding of the cluster the same on every control plane. A node that
 * does not answer cannot be watched.
 */
export function wakes(snapshot: Snapshot, findings: readonly Finding[], registry: readonly Check[]): readonly Target[] {
  const byCheck = new Map(registry.map((check) => [check.id, check.watches]));
  const byNode = new Map<string, Set<WatchKind>>();
  const answering = snapshot.nodes.filter(({ version }) => version.ok).map(({ node }) => node);
  const controlPlanes = answering.filter(({ role }) => role === 'controlplane');
  for (const { check, node, status } of findings) {
    const kinds = status === 'pending' ? (byCheck.get(check) ?? []) : [];
    const names = kinds.length === 0 ? [] : node === undefined ? controlPlanes.map(({ name }) => name) : [node];
    for (const name of names) {
      byNode.set(name, new Set([...(byNode.get(name) ?? []), ...kinds]));
    }
  }
  return answering.flatMap((node) => {
    const kinds = byNode.get(node.name);
    return kinds === undefined ? [] : [{ node, kinds }];
  });
}

/** The nodes on which these findings rest. */
function nodesBehind(
  snapshot: Snapshot,
  findings: readonly Finding[],
  registry: readonly Check[],
): readonly ClusterNode[] {
  const across = new Set(registry.filter((check) => check.across === 'controlplane').map(({ id }) => id));
  const counting = new Set(registry.filter((check) => check.across === 'worker').map(({ id }) => id));
  const named = new Set(findings.map(({ node }) => node));
  const ofAll = {
    controlplane: findings.some(({ check, node }) => node === undefined || across.has(check)),
    worker: findings.some(({ check }) => counting.has(check)),
  };
  return snapshot.cluster.nodes.filter(({ name, role }) => named.has(name) || ofAll[role]);
}

/** Whether what has changed may be all that stands between a small cluster and healthy. */
export function mayBeAll(
  { cluster }: Snapshot,
  findings: readonly Finding[],
  registry: readonly Check[],
  told: Told,
): boolean {
  const kinds = new Set([...told.values()].flatMap((ofNode) => [...ofNode]));
  const woken = new Set(registry.filter(({ watches }) => watches.some((kind) => kinds.has(kind))).map(({ id }) => id));
  const concerns = ({ node, check }: Finding): boolean => (node === undefined ? woken.has(check) : told.has(node));
  return isSmall(cluster) && findings.filter(isUnresolved).every(concerns);
}

/** The nodes that have to be looked at again before anything better can be said. */
export function unresolvedNodes(
  snapshot: Snapshot,
  findings: readonly Finding[],
  registry: readonly Check[],
): readonly ClusterNode[] {
  return nodesBehind(snapshot, findings.filter(isUnresolved), registry);
}

/** Of so many that hang each is looked at without a break; more cost too much. */
const mostHanging = 10;

/** The nodes that take calls and do not answer, where they are few: no watch can tell when they do again. */
export function hangingNodes({ nodes }: Snapshot): readonly ClusterNode[] {
  const hanging = nodes.filter(
    ({ version }) => !version.ok && version.error.kind === 'timeout' && version.error.layer === 'node',
  );
  return hanging.length > mostHanging ? [] : hanging.map(({ node }) => node);
}

/**
 * The control planes to ask again before a comparison is believed that came out
 * worse than in the round before: one of them was just looked at, and what is
 * known of the others may be older than what it is compared with.
 */
export function doubtfulNodes(
  snapshot: Snapshot,
  before: readonly Finding[],
  after: readonly Finding[],
  registry: readonly Check[],
): readonly ClusterNode[] {
  const across = new Set(registry.filter((check) => check.across === 'controlplane').map(({ id }) => id));
  const known = new Set(before.filter(isUnresolved).map(subjectKey));
  const worse = after.filter(
    (finding) => isUnresolved(finding) && across.has(finding.check) && !known.has(subjectKey(finding)),
  );
  return worse.length === 0 ? [] : nodesBehind(snapshot, worse, registry);
}

/**
 * What of the Kubernetes API can end the findings that stand unresolved; empty where it is not asked. Where there
 * is something, the API has to be asked again before anything better can be said.
 */
export function kubernetesWakes(
  { kubernetes }: Snapshot,
  findings: readonly Finding[],
  registry: readonly Check[],
): ReadonlySet<KubernetesKind> {
  const open = new Set(findings.filter(isUnresolved).map(({ check }) => check));
  const waiting = registry.filter(({ id }) => open.has(id) && kubernetes.access);
  return new Set(waiting.flatMap(({ watchesOfKubernetes }) => watchesOfKubernetes));
}

/** What shows first that a healthy node no longer is. */
const vitals: ReadonlySet<WatchKind> = new Set(['machineStatus', 'nodeStatuses']);

/** For a cluster that has to stay healthy, of the Kubernetes API. */
export function everyKubernetesKind({ kubernetes }: Snapshot): ReadonlySet<KubernetesKind> {
  return new Set(kubernetes.access ? ['nodes', 'pods', 'daemon-sets', 'deployments'] : []);
}

/** For a cluster that has to stay healthy. */
export function everyNode(snapshot: Snapshot): readonly Target[] {
  return snapshot.nodes.map(({ node }) => ({ node, kinds: vitals }));
}
