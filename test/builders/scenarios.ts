import type { EndpointSnapshot } from '../../src/observe/snapshot.ts';
import type { Failure } from '../../src/talos/failure.ts';
import {
  all,
  etcdLeaderless,
  type Fault,
  onEveryNode,
  onNode,
  podIs,
  serviceIs,
  stage,
  unreachable,
} from './faults.ts';
import { failed, noKubernetes, ok } from './snapshot.ts';

/** Scenarios: combinations of faults, as they occur together. */

export const controlPlanes = ['cp-1', 'cp-2', 'cp-3'] as const;
const everyNode = [...controlPlanes, 'worker-1', 'worker-2'];

/** Before bootstrap: etcd is Preparing and its calls hang, there are no static pods and no Kubernetes nodes. */
export const notBootstrapped: Fault = all(
  onEveryNode((node) => ({
    nodeStatuses: ok([]),
    ...(node.apiServer === undefined
      ? {}
      : { staticPods: ok([]), staticPodStatuses: ok([]), apiServer: failed({ kind: 'refused' }) }),
  })),
  ...controlPlanes.flatMap((name) => [
    stage(name, 'booting', { name: 'services', reason: 'etcd not running' }),
    serviceIs(name, 'etcd', { state: 'Preparing', health: 'unknown', lastEvent: 'Running pre state' }),
    onNode(name, () => ({ etcdMembers: failed(), etcdStatus: failed(), etcdAlarms: failed() })),
  ]),
);

/** The static pods of the control planes are configured, but the kubelets do not report them yet. */
export const apiServersStarting: Fault = all(
  (snapshot) => ({ ...snapshot, kubernetes: noKubernetes }),
  onEveryNode(() => ({ nodeStatuses: ok([]) })),
  ...controlPlanes.flatMap((name) => [
    podIs(name, 'kube-apiserver', null),
    podIs(name, 'kube-controller-manager', null),
    podIs(name, 'kube-scheduler', null),
    onNode(name, () => ({ apiServer: failed({ kind: 'refused', message: 'connection refused' }) })),
  ]),
);

export const notReady = (name: string): Fault =>
  onNode(name, () => ({
    nodeStatuses: ok([{ nodename: name, ready: false, unschedulable: false }]),
    machineStatus: ok({
      stage: 'running',
      ready: false,
      unmetConditions: [{ name: 'nodeReady', reason: `node "${name}" is not ready` }],
    }),
  }));

/** No CNI is installed. */
export const withoutCni: Fault = all(...everyNode.map(notReady));

/** The first control plane after the others have failed. */
export const lastControlPlane: Fault = all(
  etcdLeaderless('cp-1'),
  serviceIs('cp-1', 'etcd', { health: 'unhealthy', healthMessage: 'context deadline exceeded' }),
  podIs('cp-1', 'kube-apiserver', { ready: false, reason: 'ContainersNotReady: [kube-apiserver]' }),
  onNode('cp-1', () => ({
    apiServer: ok({ url: 'https://10.0.0.1:6443/readyz', status: 500, body: '[-]etcd failed: reason withheld\n' }),
  })),
);

/** Two of three control planes are powered off. */
export const lostQuorum: Fault = all(unreachable('cp-2'), unreachable('cp-3'), lastControlPlane);

/** Sets the endpoints. All nodes fail with the failure of the first one. */
export function endpointsAre(...endpoints: readonly EndpointSnapshot[]): Fault {
  const failure: Partial<Failure> = endpoints[0]?.failure ?? { kind: 'no-forwarding', layer: 'endpoint' };
  return all(...everyNode.map((name) => unreachable(name, failure)), (snapshot) => ({ ...snapshot, endpoints }));
}

export function failing(endpoint: string, failure: Partial<Failure>): EndpointSnapshot {
  return { endpoint, state: 'failed', failure: failed({ layer: 'endpoint', code: 'UNAVAILABLE', ...failure }).error };
}
