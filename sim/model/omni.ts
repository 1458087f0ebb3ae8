import { etcdView } from './etcd.ts';
import { apiServerWorks } from './kubernetes.ts';
import { machineStatus } from './machine-status.ts';
import type { EtcdTrouble } from './services.ts';
import { type ClusterState, controlPlanes } from './state.ts';

/** What Omni is about to do with the cluster. */
export interface OmniState {
  /** How many machines there shall be; absent: as many as there are. */
  readonly requestedMachines?: number;
  /** Of Talos, while Omni upgrades it. */
  readonly upgrade?: TalosUpgrade;
}

interface TalosUpgrade {
  readonly phase: 'Upgrading' | 'Failed' | 'Reverting' | 'UpdatingMachineSchematics';
  /** Such as `current machine: worker-1`. */
  readonly step?: string;
  /** Such as `updating machines 1/5`. */
  readonly status?: string;
  readonly error?: string;
}

/** How Omni sees the cluster as a whole. */
export interface OmniClusterStatus {
  readonly available: boolean;
  readonly machines: Readonly<Record<'total' | 'healthy' | 'connected' | 'requested', number>>;
  readonly phase: 'SCALING_UP' | 'SCALING_DOWN' | 'RUNNING';
  readonly ready: boolean;
  readonly kubernetesAPIReady: boolean;
  readonly controlplaneReady: boolean;
}

export function omniClusterStatus(state: ClusterState, trouble: EtcdTrouble): OmniClusterStatus {
  const machines = state.nodes.filter(({ spare }) => !spare);
  const connected = machines.filter(({ presence }) => presence === 'up' || presence === 'machined-hung');
  const healthy = connected.filter((node) => {
    const { stage, ready } = machineStatus(state, node, trouble);
    return stage === 'running' && ready;
  });
  const { requestedMachines: requested = machines.length } = state.omni;
  const phase = requested > machines.length ? 'SCALING_UP' : requested < machines.length ? 'SCALING_DOWN' : 'RUNNING';
  const planes = controlPlanes(state);
  return {
    available: planes.some((node) => connected.includes(node)),
    machines: { total: machines.length, healthy: healthy.length, connected: connected.length, requested },
    phase,
    ready: phase === 'RUNNING' && healthy.length === machines.length,
    kubernetesAPIReady: planes.some((node) => apiServerWorks(state, node)),
    controlplaneReady: etcdView(state).hasQuorum && planes.every((node) => healthy.includes(node)),
  };
}
