import { etcdAlarms, etcdMembers, etcdStatus } from '../../talos/api.ts';
import type { EtcdStatus } from '../../talos/model/etcd.ts';
import { getResource } from '../../talos/resources/api.ts';
import { defaultQuota, type EtcdQuota, etcdQuotas, smallDatabase } from '../../talos/resources/etcd.ts';
import type { Call } from '../request.ts';
import { type FacetDefinition, implied } from './definition.ts';
import type { Facet } from './facet.ts';

const readQuota: Call<EtcdQuota> = (channel, options) => getResource(channel, etcdQuotas, 'etcd', options);

/** The default for a small database, without a call. */
export function impliedQuota(status: Facet<EtcdStatus>): Facet<EtcdQuota> | undefined {
  if (!status.ok) {
    return status;
  }
  const { size = 0 } = status.value.database ?? {};
  return size < smallDatabase ? { ...status, value: defaultQuota } : undefined;
}

const ofEtcd = { role: 'controlplane', etcd: true } as const;

/** What is observed of the etcd of a control plane. */
export const etcdFacets = {
  etcdMembers: { what: "etcd's member list", source: '`MachineService.EtcdMemberList`', read: etcdMembers, ...ofEtcd },
  etcdStatus: { what: 'the status of etcd', source: '`MachineService.EtcdStatus`', read: etcdStatus, ...ofEtcd },
  /** Read only of a database that is not small: a healthy round of most clusters does not pay for it. */
  etcdQuota: {
    what: "the quota of etcd's database",
    mayBeRefused: true,
    optional: true,
    role: 'controlplane',
    source: `\`${etcdQuotas.type}\``,
    read: readQuota,
    implied: implied('etcdStatus', impliedQuota),
  },
  etcdAlarms: { what: 'the alarms of etcd', source: '`MachineService.EtcdAlarmList`', read: etcdAlarms, ...ofEtcd },
} as const satisfies Readonly<Record<string, FacetDefinition>>;
