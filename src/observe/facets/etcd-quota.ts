import type { EtcdStatus } from '../../talos/model/etcd.ts';
import { getResource } from '../../talos/resources/api.ts';
import { defaultQuota, type EtcdQuota, etcdQuotas, smallDatabase } from '../../talos/resources/etcd.ts';
import type { Call } from '../request.ts';
import type { Facet } from './facet.ts';

export const readQuota: Call<EtcdQuota> = (channel, options) => getResource(channel, etcdQuotas, 'etcd', options);

/** The default for a small database, without a call. */
export function impliedQuota(status: Facet<EtcdStatus>): Facet<EtcdQuota> | undefined {
  if (!status.ok) {
    return status;
  }
  const { size = 0 } = status.value.database ?? {};
  return size < smallDatabase ? { ...status, value: defaultQuota } : undefined;
}
