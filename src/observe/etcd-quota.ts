import { defaultQuota, type EtcdQuota, etcdQuotas, smallDatabase } from '../talos/etcd-resources.ts';
import type { EtcdStatus } from '../talos/model.ts';
import { getResource } from '../talos/resource-api.ts';
import type { Facet } from './facet.ts';
import type { Call } from './request.ts';

export const readQuota: Call<EtcdQuota> = (channel, options) => getResource(channel, etcdQuotas, 'etcd', options);

/** The default for a small database, without a call. */
export function impliedQuota(status: Facet<EtcdStatus>): Facet<EtcdQuota> | undefined {
  if (!status.ok) {
    return status;
  }
  const { size = 0 } = status.value.database ?? {};
  return size < smallDatabase ? { ...status, value: defaultQuota } : undefined;
}
