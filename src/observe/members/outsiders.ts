import { etcdStatus } from '../../talos/api.ts';
import type { EtcdMember } from '../../talos/model/etcd.ts';
import type { TalosClient } from '../endpoints/client.ts';
import { nodeFacets } from '../facets/table.ts';
import type { Outsider } from './cluster.ts';

/** The machine at this address, if it runs this member of etcd. */
export async function findOutsider(
  client: TalosClient,
  host: string,
  { id, hostname }: Pick<EtcdMember, 'id' | 'hostname'>,
): Promise<Outsider | undefined> {
  const [identity, status] = await Promise.all([
    client.ask(nodeFacets.identity.read, host),
    client.ask(etcdStatus, host),
  ]);
  // If etcd hangs, its member id cannot be read, but the machine is there.
  const runsIt = status.ok ? status.value.memberId === id : status.error.kind === 'timeout';
  return identity.ok && runsIt ? { memberId: id, nodeId: identity.value, hostname, addresses: [host] } : undefined;
}
