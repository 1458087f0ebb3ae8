import { etcdServes, isLearner } from './etcd.ts';
import type { NodeState, ServiceState } from './node-state.ts';
import type { ClusterState } from './state.ts';

export interface Service extends ServiceState {
  readonly id: string;
}

/** Names of the nodes whose etcd Talos considers unhealthy. */
export type EtcdTrouble = ReadonlySet<string>;

/** The services of a node in the order of `ServiceList`: by id. */
export function servicesOf(state: ClusterState, node: NodeState, trouble: EtcdTrouble): readonly Service[] {
  const etcd = node.services['etcd'] ?? etcdService(state, node, trouble);
  return Object.entries({ ...node.services, ...(etcd === undefined ? {} : { etcd }) })
    .map(([id, service]) => ({ id, ...atTheMoment(state, service) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Whether a service is in a restart loop. */
export function restarts(state: ClusterState): boolean {
  return state.nodes.some(
    ({ etcd, services }) =>
      etcd.state === 'removed' || Object.values(services).some(({ restarting }) => restarting !== undefined),
  );
}

/** A service in a restart loop runs only briefly. */
function atTheMoment({ attempt }: ClusterState, service: ServiceState): ServiceState {
  if (service.restarting === undefined || !attempt) return service;
  return { ...service, state: 'Running', health: service.restarting.healthInAttempt };
}

export function isRunning(node: NodeState, id: string): boolean {
  return node.services[id]?.state === 'Running';
}

/**
 * Talos judges etcd by a read through its quorum every 20 s with a limit of
 * 15 s, so that a hung etcd keeps its good name for a while.
 */
function etcdService(state: ClusterState, node: NodeState, trouble: EtcdTrouble): ServiceState | undefined {
  switch (node.etcd.state) {
    case 'none':
      return undefined;
    case 'waiting':
      // before cri is there, etcd has not been started either
      if (!isRunning(node, 'cri')) return undefined;
      return { state: 'Preparing', health: 'unknown', message: 'Running pre state' };
    case 'stopped':
      return { state: 'Finished', health: 'unknown', message: 'Service finished successfully' };
    case 'removed':
      return {
        state: 'Waiting',
        health: 'unhealthy',
        message: 'Runner Containerd(etcd) exited without error, going to restart it',
        // Talos has not run its health check again
        restarting: { healthInAttempt: 'healthy' },
      };
    case 'running':
    case 'hung': {
      if (isLearner(state, node)) {
        return { state: 'Running', health: 'unhealthy', message: 'etcdserver: rpc not supported for learner' };
      }
      if (etcdServes(state, node)) return { state: 'Running', health: 'healthy', message: '' };
      return trouble.has(node.name)
        ? { state: 'Running', health: 'unhealthy', message: 'context deadline exceeded' }
        : { state: 'Running', health: 'healthy', message: '' };
    }
  }
}
