import type { CheckOptions } from '../../inputs/options.ts';
import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { isNotExposed } from '../../talos/failure.ts';
import { clusterCheck } from '../define.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { inKubernetes } from '../facts/kubernetes-match.ts';
import { notReadyReason } from '../facts/kubernetes-pods.ts';
import { halfDoneUpgrade, nodesAtFault, type Objection, rebootOf, sentence } from '../facts/reboot.ts';
import { hint, onNodes, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

/** Whether Kubernetes runs pods on the node: by Talos, and by the Kubernetes API if that may be asked. */
type Scheduling = 'ready' | 'not-ready' | 'cordoned' | 'unknown';

function schedulingOf(node: NodeSnapshot, snapshot: Snapshot): Scheduling {
  const { nodename, nodeStatuses, services } = node;
  if (!services.ok) return 'unknown';
  if (withoutKubernetes({ node, snapshot }) !== undefined) return 'ready';
  if (!nodename.ok || !nodeStatuses.ok) return 'unknown';
  if (nodename.value.skipNodeRegistration) return 'ready';
  const status = nodeStatuses.value.find((one) => one.nodename === nodename.value.nodename);
  const listed = inKubernetes(snapshot, node.node.name);
  if (status?.unschedulable || (typeof listed === 'object' && listed.unschedulable)) return 'cordoned';
  const isListedReady = listed === undefined || (listed !== 'missing' && notReadyReason(listed) === undefined);
  return status?.ready && isListedReady ? 'ready' : 'not-ready';
}

const words: Readonly<Record<Exclude<Scheduling, 'ready'>, string>> = {
  'not-ready': 'is not Ready in Kubernetes',
  cordoned: 'is cordoned',
  unknown: 'cannot be told to be Ready in Kubernetes',
};

/** Why a node that stays must not stay alone. */
function weakness(seen: NodeSnapshot, snapshot: Snapshot, { cordoned }: CheckOptions): readonly Objection[] {
  const { node, version, machineStatus } = seen;
  const because = (text: string): readonly Objection[] => [{ words: `${node.name} ${text}`, node: seen }];
  if (!version.ok) return because('does not answer');
  if (!machineStatus.ok) return because('does not say what it does');
  if (machineStatus.value.stage !== 'running') return because(`is ${machineStatus.value.stage}`);
  const scheduling = schedulingOf(seen, snapshot);
  const isReady = scheduling === 'ready' || (scheduling === 'cordoned' && cordoned === 'ignore');
  return [...(isReady ? [] : because(words[scheduling])), ...halfDoneUpgrade(seen), ...dueReboot(seen)];
}

/** Talos reboots such a node by itself. */
function dueReboot(seen: NodeSnapshot): readonly Objection[] {
  const { node, rebootRequest } = seen;
  if (rebootRequest.ok) {
    return rebootRequest.value.length === 0 ? [] : [{ words: `${node.name} is due for a reboot`, node: seen }];
  }
  return isNotExposed(rebootRequest.error)
    ? []
    : [{ words: `cannot tell whether ${node.name} is due for a reboot: ${rebootRequest.error.message}`, node: seen }];
}

const roles = { controlplane: 'control plane', worker: 'worker' } as const;

/** The roles of which no other node could take over. */
function lastOfRole(
  named: readonly NodeSnapshot[],
  others: readonly NodeSnapshot[],
  snapshot: Snapshot,
): readonly Objection[] {
  return (['controlplane', 'worker'] as const)
    .filter((role) => named.some(({ node }) => node.role === role))
    .filter((role) => {
      const same = others.filter(({ node }) => node.role === role);
      return !same.some((node) => node.version.ok && schedulingOf(node, snapshot) === 'ready');
    })
    .map((role) => ({ words: `no other ${roles[role]} remains that is ready` }));
}

const explanations = [
  'api-reachable',
  'boot-finished',
  'upgrade-confirmed',
  'reboot-due',
  'node-registered',
  'node-ready',
  'node-schedulable',
];

/** What else may be in the cluster: the lists of nodes are believed, unless discovery names more, or they name no worker. */
function outsideLists({ cluster }: Snapshot): readonly Objection[] {
  const { nodes, source, workersKnown, leftOut } = cluster;
  const unlisted = source === 'given' && leftOut === undefined && nodes.every(({ role }) => role !== 'worker');
  return [
    ...(workersKnown && !unlisted ? [] : [{ words: 'cannot tell which workers there are besides' }]),
    ...(leftOut ?? []).map((node) => ({ words: `${node} is not among the given nodes, and not judged` })),
  ];
}

export const rebootOthers = clusterCheck({
  id: 'reboot-others',
  stage: 'nodes',
  title: 'every other node stays up, and one of each role is ready, without the nodes of safe-to-reboot',
  explanation: 'Another node is down, cordoned or in the middle of an upgrade, or none of the role remains.',
  requires: ['topology'],
  reads: [],
  alsoReads: [
    'cluster',
    'machineStatus',
    'services',
    'nodename',
    'nodeStatuses',
    'version',
    'upgrade',
    'rebootRequest',
    'staticPods',
    'etcdMembers',
    'etcdStatus',
    'kubernetes.nodes',
  ],
  across: 'worker',
  enabled: ({ safeToReboot }) => safeToReboot !== undefined,
  docs: {
    pending:
      'another node does not answer, is in another stage than running, is not Ready in Kubernetes, is cordoned (unless `cordoned` is `ignore`), is due for a reboot, or has an upgrade that is staged or not confirmed; no other node of the same role is ready; the workers are not known; or discovery names a node that `control-plane-nodes` and `worker-nodes` leave out. Neither `min-healthy-workers` nor `checks` changes that',
    explainedBy: [...explanations],
    talosctl: 'not asked there',
    reports: ['siderolabs/omni#245'],
    advice: 'One at a time: bring the other nodes back first',
    commands: ['kubectl get nodes', 'talosctl -n 10.0.1.1 get machinestatus'],
  },
  evaluate(_, { snapshot, options }) {
    const { named, others } = rebootOf(snapshot, options);
    const objections: readonly Objection[] = [
      ...others.flatMap((node) => weakness(node, snapshot, options)),
      ...lastOfRole(named, others, snapshot),
      ...outsideLists(snapshot),
    ];
    if (objections.length === 0) {
      return pass(`${others.length} other nodes are up`);
    }
    const atFault = nodesAtFault(objections);
    return pending(
      sentence(objections),
      hint(
        'Bring the other nodes back first, and take down one at a time.',
        'kubectl get nodes',
        ...(atFault.length === 0 ? [] : [talosctl(atFault, 'get machinestatus')]),
      ),
      onNodes(atFault, ...explanations),
    );
  },
});
