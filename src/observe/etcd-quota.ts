import { defaultQuota, etcdQuotas } from '../talos/etcd-resources.ts';
import type { EtcdQuota, EtcdStatus } from '../talos/model.ts';
import { getResource } from '../talos/resource-api.ts';
import type { Facet } from './facet.ts';
import type { Call } from './request.ts';

export const readQuota: Call<EtcdQuota> = (channel, options) => getResource(channel, etcdQuotas, 'etcd', options);

/**
 * Bytes. A smaller database has no trouble worth a call or a word: it is far from every quota in use, and most of it can be
 * free at any moment. Tools that defragment etcd by themselves begin there, too.
 */
export const smallDatabase = 100 * 1024 ** 2;

/** The default for a small database, without a call. */
export function impliedQuota(status: Facet<EtcdStatus>): Facet<EtcdQuota> | undefined {
  if (!status.ok) {
    return status;
  }
  const { size = 0 } = status.value.database ?? {};
  return size < smallDatabase ? { ...status, value: defaultQuota } : undefined;
}
