import { registry } from '../checks/registry.ts';
import type { KubernetesKind } from '../kubernetes/model.ts';
import type { WatchKind } from '../observe/facets/table.ts';
import { type ClusterNode, isSmall, type Role } from '../observe/members/cluster.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import type { Target } from '../observe/watching.ts';
import { type Finding, isUnresolved, subjectKey } from './finding.ts';
import { keyOf, type Scheduled, type Subject } from './poll.ts';
import type { Round } from './rounds.ts';

const checks = new Map(registry.map((check) => [check.id, check]));

/** The subjects whose polls can resolve these findings. */
function subjectsOf({ cluster, kubernetes }: Snapshot, findings: readonly Finding[]): readonly Subject[] {
  const own = [...new Set(findings.map(({ check }) => check))].flatMap((check) => checks.get(check) ?? []);
  const named = new Set(findings.map(({ node }) => node));
  const isCompared = (role: Role): boolean => own.some(({ across }) => across === role || across === 'all');
  const all = {
    controlplane: named.has(undefined) || isCompared('controlplane'),
    worker: isCompared('worker'),
  };
  return [
    ...(own.some(({ watches }) => watches.includes('discovery')) ? ['members' as const] : []),
    ...cluster.nodes.filter(({ name, role }) => named.has(name) || all[role]),
    ...(kubernetes.access && own.some((check) => check.watchesOfKubernetes.length > 0) ? ['kubernetes' as const] : []),
  ];
}

/** Interval for a subject that hangs, which is cheap to poll. In milliseconds. */
const reconnectInterval = 1000;

/** With more nodes hanging, polling them this often costs too much. */
const maxHanging = 10;

/** Nodes that accept calls and do not answer, unless there are many: no watch reports when they answer again. */
function hangingNodes({ nodes }: Snapshot): ReadonlySet<string> {
  const hanging = nodes.filter(
    ({ version }) => !version.ok && version.error.kind === 'timeout' && version.error.layer === 'node',
  );
  return new Set(hanging.length > maxHanging ? [] : hanging.map(({ node }) => keyOf(node)));
}

/**
 * What to poll while the cluster is not healthy. If no endpoint is usable, only the members, which includes the
 * endpoints.
 */
export function schedule({ snapshot, findings }: Round, interval: number): readonly Scheduled[] {
  const soon = Math.min(reconnectInterval, interval);
  if (snapshot.endpoints.every(({ state }) => state === 'failed')) {
    return [{ subject: 'members', interval: soon }];
  }
  const hanging = hangingNodes(snapshot);
  const wrong = subjectsOf(snapshot, findings.filter(isUnresolved));
  const hung = snapshot.cluster.nodes.filter((node) => hanging.has(keyOf(node)));
  return [...new Set<Subject>(['members', ...wrong, ...hung])].map((subject) => ({
    subject,
    interval: hanging.has(keyOf(subject)) ? soon : interval,
  }));
}

/** Whether the changed subjects may account for all faults of a small cluster. */
export function mayBeAll({ snapshot, findings }: Round, changed: ReadonlySet<string>): boolean {
  const hasChanged = (finding: Finding): boolean =>
    subjectsOf(snapshot, [finding]).some((subject) => changed.has(keyOf(subject)));
  return isSmall(snapshot.cluster) && findings.filter(isUnresolved).every(hasChanged);
}

/**
 * The control planes to poll again before a comparison with a worse result is accepted: their state is older than what
 * it is compared with.
 */
export function olderThanCompared(
  before: Round,
  { nodes, ...snapshot }: Snapshot,
  findings: readonly Finding[],
): readonly ClusterNode[] {
  const known = new Set(before.findings.filter(isUnresolved).map(subjectKey));
  const worse = findings.filter(
    (finding) =>
      isUnresolved(finding) && checks.get(finding.check)?.across === 'controlplane' && !known.has(subjectKey(finding)),
  );
  const compared = new Set(subjectsOf({ nodes, ...snapshot }, worse).map(keyOf));
  return nodes
    .filter(({ version }) => version.ok && version.at <= before.snapshot.at)
    .map(({ node }) => node)
    .filter((node) => compared.has(keyOf(node)));
}

/**
 * The first resources to change if a node becomes unhealthy. They come first because the number of watches is limited.
 */
const vitals: ReadonlySet<WatchKind> = new Set(['machineStatus', 'nodeStatuses']);

/**
 * What to watch for these findings: what the check reads, on the node of the finding, or on every control plane for a
 * finding of the cluster. A node that does not answer cannot be watched.
 */
export function watchTargets({ nodes }: Snapshot, findings: readonly Finding[]): readonly Target[] {
  const answering = nodes
    .filter(({ version }) => version.ok)
    .map(({ node, answeredAt: address = node.address }) => ({ node, address }));
  const controlPlanes = answering.filter(({ node }) => node.role === 'controlplane');
  const byName = new Map(answering.map((one) => [one.node.name, [one]]));
  const targets = new Map<string, Target>();
  for (const { check, node: name } of findings) {
    const concerned = name === undefined ? controlPlanes : (byName.get(name) ?? []);
    for (const kind of checks.get(check)?.watches ?? []) {
      for (const one of concerned) {
        targets.set(`${kind} ${one.node.name}`, { ...one, kinds: new Set([kind]) });
      }
    }
  }
  const isVital = ({ kinds }: Target): boolean => [...kinds].some((kind) => vitals.has(kind));
  return [...targets.values()].sort((one, other) => Number(isVital(other)) - Number(isVital(one)));
}

/** What to watch in the Kubernetes API for these findings. */
export function kubernetesTargets({ kubernetes }: Snapshot, findings: readonly Finding[]): ReadonlySet<KubernetesKind> {
  return new Set(
    findings.flatMap(({ check }) => (kubernetes.access ? (checks.get(check)?.watchesOfKubernetes ?? []) : [])),
  );
}
