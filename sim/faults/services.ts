import { waitingFor } from '../model/history.ts';
import type { NodeState, ServiceState } from '../model/state.ts';
import { nodeFault } from './fault.ts';

/** Faults of Talos's services. The service is `kubelet` unless another is named; a new one (`ext-…`) comes to be. */
export const serviceFaults = {
  'service-failed': nodeFault('A service failed (service, message).', (node, args) => {
    const message = args.message ?? 'Failed to run pre stage: 1 error(s) occurred:\n\tfailed to pull image';
    return withService(node, args.service, { state: 'Failed', health: 'unknown', message });
  }),
  'service-unhealthy': nodeFault('A service runs, but its health check fails (service, message).', (node, args) =>
    withService(node, args.service, {
      state: 'Running',
      health: 'unhealthy',
      message: args.message ?? 'connection refused',
    }),
  ),
  'service-health-unknown': nodeFault('A service runs, and its health is not known yet (service).', (node, args) =>
    withService(node, args.service, { state: 'Running', health: 'unknown', message: '' }),
  ),
  'service-waiting': nodeFault('A service waits for something (service, message).', (node, args) =>
    withService(node, args.service, {
      state: 'Waiting',
      health: 'unknown',
      message: args.message ?? waitingFor(args.service ?? 'kubelet'),
    }),
  ),
  'service-missing': nodeFault('A service is not even in the list (service).', (node, args) => {
    const { [args.service ?? 'kubelet']: _gone, ...services } = node.services;
    return { ...node, services };
  }),
  'kubelet-failed': nodeFault("The kubelet's image cannot be pulled.", (node) =>
    withService(node, 'kubelet', {
      state: 'Failed',
      health: 'unknown',
      message:
        'Failed to run pre stage: 1 error(s) occurred:\n\tfailed to pull image "ghcr.io/siderolabs/kubelet:v1.36.0": failed to resolve reference "ghcr.io/siderolabs/kubelet:v1.36.0": ghcr.io/siderolabs/kubelet:v1.36.0: not found',
    }),
  ),
} as const;

function withService(node: NodeState, id = 'kubelet', service: ServiceState): NodeState {
  // an etcd that does not run is no member that answers either
  const stopped = id === 'etcd' && service.state !== 'Running';
  return {
    ...node,
    services: { ...node.services, [id]: service },
    ...(stopped ? { etcd: { ...node.etcd, state: 'stopped' as const } } : {}),
  };
}
