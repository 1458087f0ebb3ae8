import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Service } from '../../talos/model.ts';
import { withReason } from '../text.ts';
import { unmetServices } from './conditions.ts';
import { kubernetesFacts } from './kubernetes.ts';

/** A service that is not as it should be. */
export interface ServiceTrouble {
  readonly service?: string;
  readonly words: string;
}

/**
 * Services of a node that hold it back, worst first; etcd has a stage of its own.
 *
 * apid, machined, on control planes trustd, and the kubelet where the cluster
 * has Kubernetes must run and be healthy. Any other that runs must not be
 * unhealthy, and none may have failed. Where all that looks well but Talos
 * itself names a service, Talos is right: its list may be a moment newer.
 */
export function serviceTroubles(
  node: NodeSnapshot,
  services: readonly Service[],
  snapshot: Snapshot,
): readonly ServiceTrouble[] {
  const required = requiredServices(node, snapshot);
  const listed = services
    .filter(({ id }) => id !== 'etcd')
    .flatMap((service) => troubleOf(service, required.includes(service.id)));
  const missing = required
    .filter((id) => !services.some((service) => service.id === id))
    .map((service) => ({ service, words: `${service} is not among the services`, rank: 1 }));
  const seen = [...listed, ...missing].sort((a, b) => a.rank - b.rank);
  return seen.length > 0
    ? seen
    : unmetServices(node).filter(({ service }) => service !== 'etcd' || node.node.role === 'worker');
}

function requiredServices(node: NodeSnapshot, snapshot: Snapshot): readonly string[] {
  return [
    'apid',
    'machined',
    ...(node.node.role === 'controlplane' ? ['trustd'] : []),
    ...(kubernetesFacts(snapshot).configured ? ['kubelet'] : []),
  ];
}

function troubleOf(service: Service, required: boolean): (ServiceTrouble & { readonly rank: number })[] {
  const { id, state, health } = service;
  const words = withReason(`${id} is ${state}`, service.lastEvent);
  if (state === 'Failed') {
    return [{ service: id, words, rank: 0 }];
  }
  if (state !== 'Running') {
    return required ? [{ service: id, words, rank: 1 }] : [];
  }
  if (health === 'unhealthy') {
    return [{ service: id, words: withReason(`${id} is unhealthy`, service.healthMessage), rank: 2 }];
  }
  return required && health === 'unknown'
    ? [{ service: id, words: `${id} is running, its health is not known yet`, rank: 3 }]
    : [];
}
