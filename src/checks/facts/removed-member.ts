import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { EtcdFacts } from './etcd.ts';
import { isBroken } from './services.ts';

/**
 * The etcd of the node runs (or ends again and again), answers nothing, and the other
 * control planes do not list it: it was a member, and was removed. One that waits to join does not run yet.
 */
export function isRemoved(node: NodeSnapshot, { reference, owners }: EtcdFacts): boolean {
  const { services, etcdMembers, etcdStatus } = node;
  const service = services.ok ? services.value.find(({ id }) => id === 'etcd') : undefined;
  return (
    service !== undefined &&
    (service.state === 'Running' || isBroken(service, services.at)) &&
    !etcdMembers.ok &&
    !etcdStatus.ok &&
    reference !== undefined &&
    !owners.ofNode.has(node.node.name)
  );
}
