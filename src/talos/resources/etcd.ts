import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { EtcdMemberSpecSchema, EtcdSpecSpecSchema } from '../../gen/talos/resource/definitions/definitions_pb.ts';
import { isJsonObject } from './pod.ts';
import { resourceType } from './type.ts';

/** The limit of the size of etcd's database, above which it takes no more writes. */
export interface EtcdQuota {
  /** Infinite if the quota is switched off. */
  readonly bytes: number;
  /** Whether the machine configuration sets it; else it is the default of etcd. */
  readonly isSet: boolean;
}

/** The default of etcd: 2 GiB. */
export const defaultQuota: EtcdQuota = { bytes: 2 * 1024 ** 3, isSet: false };

/**
 * Bytes. A smaller database has no trouble worth a call or a word: it is far from every quota in use, and most of it can be
 * free at any moment. Tools that defragment etcd by themselves begin there, too.
 */
export const smallDatabase = 100 * 1024 ** 2;

const quotaArgument = 'quota-backend-bytes';

/** The quota of etcd's database on this machine. The id of the resource is `etcd`. */
export const etcdQuotas = resourceType<typeof EtcdSpecSpecSchema, EtcdQuota>(
  'etcd',
  'EtcdSpecs.etcd.talos.dev',
  EtcdSpecSpecSchema,
  ({ extraArgs, singleExtraArgs }) => {
    const given = extraArgs[quotaArgument]?.values.at(-1) ?? singleExtraArgs[quotaArgument] ?? '';
    const bytes = Number(given);
    // For 0, etcd takes its default; below, it has no quota.
    return !Number.isSafeInteger(bytes) || bytes === 0
      ? defaultQuota
      : { bytes: bytes > 0 ? bytes : Number.POSITIVE_INFINITY, isSet: true };
  },
  ({ extraArgs }) => ({ extraArgs: isJsonObject(extraArgs) ? withValues(extraArgs) : {} }),
);

/** Before Talos 1.13 an argument was a text. */
function withValues(args: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]): [string, JsonValue] => [
      name,
      isJsonObject(value) ? value : { values: [String(value)] },
    ]),
  );
}

/** The id of the machine's etcd member, as in `EtcdStatus`. The id of the resource is `local`. Talos answers even if etcd hangs. */
export const localEtcdMembers = resourceType<typeof EtcdMemberSpecSchema, string>(
  'etcd',
  'EtcdMembers.etcd.talos.dev',
  EtcdMemberSpecSchema,
  ({ memberId }) => memberId.replace(/^0+/, ''),
  (document) => ({ memberId: document['memberID'] ?? document['memberId'] ?? '' }),
);
