import { networkWaitsFor } from './equipment.ts';
import { isNodeReady, isSeenByTalos, staticPodStatuses } from './kubernetes.ts';
import type { NodeState, Stage, UnmetCondition } from './node-state.ts';
import { type EtcdTrouble, servicesOf } from './services.ts';
import type { ClusterState } from './state.ts';

export interface MachineStatus {
  readonly stage: Stage;
  readonly ready: boolean;
  readonly unmetConditions: readonly UnmetCondition[];
}

/** The MachineStatus that Talos reports. Talos evaluates conditions only in the stages booting and running: in any other stage `ready` is true. */
export function machineStatus(state: ClusterState, node: NodeState, trouble: EtcdTrouble): MachineStatus {
  const stage: Stage = node.presence === 'maintenance' ? 'maintenance' : node.stage;
  if (stage !== 'booting' && stage !== 'running') return { stage, ready: true, unmetConditions: [] };
  const unmetConditions = [
    ...node.unmet.filter(({ name }) => name === 'time'),
    ...networkCondition(node),
    ...condition('services', serviceProblems(state, node, trouble)),
    ...condition('staticPods', staticPodProblems(state, node)),
    ...condition('nodeReady', nodeProblems(state, node)),
    ...node.unmet.filter(({ name }) => name !== 'time'),
  ];
  return { stage, ready: unmetConditions.length === 0 && !node.notReadyWithoutReason, unmetConditions };
}

/** Talos's own order: what it sees first, then what it misses. */
function serviceProblems(state: ClusterState, node: NodeState, trouble: EtcdTrouble): readonly string[] {
  const running = servicesOf(state, node, trouble).filter((service) => service.state === 'Running');
  const unhealthy = running.filter((service) => service.health === 'unhealthy').map(({ id }) => `${id} not healthy`);
  const missing = requiredServices(state, node)
    .filter((id) => !running.some((service) => service.id === id))
    .map((id) => `${id} not running`);
  return [...unhealthy, ...missing];
}

function requiredServices(state: ClusterState, node: NodeState): readonly string[] {
  const { kubernetes } = state.scenario;
  const controlPlane = node.role === 'controlplane';
  return [
    'apid',
    'machined',
    ...(kubernetes ? ['kubelet'] : []),
    ...(kubernetes && controlPlane ? ['etcd'] : []),
    ...(controlPlane ? ['trustd'] : []),
  ];
}

function staticPodProblems(state: ClusterState, node: NodeState): readonly string[] {
  return staticPodStatuses(state, node)
    .filter((status) => status.state !== 'ready')
    .map(
      (status) => `kube-system/${status.pod}-${node.nodename} ${status.state === 'pending' ? 'pending' : 'not ready'}`,
    );
}

function nodeProblems(state: ClusterState, node: NodeState): readonly string[] {
  if (!state.scenario.kubernetes) return [];
  if (!isSeenByTalos(node)) return [`node ${JSON.stringify(node.nodename)} status is not available yet`];
  return isNodeReady(state, node) ? [] : [`node ${JSON.stringify(node.nodename)} is not ready`];
}

function networkCondition(node: NodeState): readonly UnmetCondition[] {
  const waitsFor = networkWaitsFor(node);
  return waitsFor.length === 0 ? [] : [{ name: 'network', reason: `waiting on: ${waitsFor.join(', ')}` }];
}

function condition(name: string, problems: readonly string[]): readonly UnmetCondition[] {
  return problems.length === 0 ? [] : [{ name, reason: problems.join(', ') }];
}
