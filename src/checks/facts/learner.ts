import type { NodeSnapshot } from '../../observe/snapshot.ts';

/** What etcd answers to whatever a learner may not be asked; Talos's health check is one of these. */
const refusal = 'rpc not supported for learner';

/** The etcd of the node says that it is a learner: until it votes, Talos finds it unhealthy. */
export function isLearner({ etcd, services }: NodeSnapshot): boolean {
  const { status, members } = etcd ?? {};
  const service = services.ok ? services.value.find(({ id }) => id === 'etcd') : undefined;
  return (
    (status?.ok === true && status.value.isLearner) ||
    (members?.ok === false && members.error.message.includes(refusal)) ||
    (service?.state === 'Running' && service.health !== 'healthy' && service.healthMessage.includes(refusal))
  );
}
