import type { NodeSnapshot } from '../../observe/snapshot.ts';

/** What etcd answers to whatever a learner may not be asked; Talos's health check is one of these. */
const refusal = 'rpc not supported for learner';

/** The etcd of the node says that it is a learner: until it votes, Talos finds it unhealthy. */
export function isLearner({ etcdMembers, etcdStatus, services }: NodeSnapshot): boolean {
  const service = services.ok ? services.value.find(({ id }) => id === 'etcd') : undefined;
  return (
    (etcdStatus.ok && etcdStatus.value.isLearner) ||
    (!etcdMembers.ok && etcdMembers.error.message.includes(refusal)) ||
    (service?.state === 'Running' && service.health !== 'healthy' && service.healthMessage.includes(refusal))
  );
}
