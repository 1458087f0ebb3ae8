import type { NodeSnapshot } from '../../observe/snapshot.ts';
import { defaultQuota, type EtcdQuota, smallDatabase } from '../../talos/resources/etcd.ts';
import { formatBytes } from '../../values/bytes.ts';
import { nodeCheck } from '../define.ts';
import { etcdFacts, withoutEtcd } from '../facts/etcd.ts';
import { lagOf } from '../facts/etcd-lag.ts';
import { stageCauses } from '../facts/machine-status.ts';
import { here, hint, pass, pending, skip, warn } from '../outcome.ts';
import { percent, talosctl } from '../text.ts';

/** Shares of the quota. */
const much = 0.8;
const tooMuch = 0.95;

/** Of the database, in use. Talos's documentation calls less heavily fragmented. */
const leastInUse = 0.5;

interface Trouble {
  readonly words: string;
  readonly advice: string;
  readonly commands: readonly string[];
}

function quotaText({ bytes: limit, isSet }: EtcdQuota, isKnown: boolean): string {
  const source = isSet ? '' : isKnown ? ", etcd's default" : ", etcd's default: the configured one could not be read";
  return `its quota of ${formatBytes(limit)}${source}`;
}

function fullness(node: NodeSnapshot, size: number, isFragmented: boolean): { share: number; trouble: Trouble } {
  const { etcdQuota } = node;
  const quota = etcdQuota.ok ? etcdQuota.value : defaultQuota;
  const share = size / quota.bytes;
  const advice = isFragmented
    ? 'Defragment one member after the other: it rewrites the database, and the member does not answer meanwhile.'
    : 'See what fills it, or raise quota-backend-bytes of cluster.etcd.extraArgs in the machine configuration of each control plane (at most 8 GiB), which needs a reboot.';
  const commands = [talosctl(node, 'etcd status'), ...(isFragmented ? [talosctl(node, 'etcd defrag')] : [])];
  const words = `its database has ${formatBytes(size)}, ${percent(share)} of ${quotaText(quota, etcdQuota.ok)}; when that is full, etcd takes no more writes`;
  return { share, trouble: { words, advice, commands } };
}

function fragmentation(node: NodeSnapshot, size: number, inUse: number): Trouble {
  return {
    words: `only ${formatBytes(inUse)} of the ${formatBytes(size)} of its database are in use (${percent(inUse / size)}): it is fragmented`,
    advice:
      'Defragment one member after the other: it rewrites the database, and the member does not answer meanwhile.',
    commands: [talosctl(node, 'etcd status'), talosctl(node, 'etcd defrag')],
  };
}

function lagging(node: NodeSnapshot, lag: number): Trouble {
  return {
    words: `it is ${lag} entries of the raft log behind, and has to catch up`,
    advice: 'If it does not catch up, read its log: a slow disk or network is the usual reason.',
    commands: [talosctl(node, 'etcd status'), talosctl(node, 'logs etcd')],
  };
}

export const etcdSize = nodeCheck({
  id: 'etcd-size',
  stage: 'etcd',
  scope: 'control-plane',
  title: 'the database of etcd has room, and the member keeps up with the others',
  explanation:
    'The database of etcd comes near its quota, above which it takes no more writes; or is mostly free space; or the member is far behind the others.',
  requires: ['api-reachable', 'etcd-leader'],
  reads: ['etcdStatus'],
  alsoReads: ['etcdQuota', 'etcdMembers', 'services', 'machineStatus'],
  across: 'controlplane',
  docs: {
    pending:
      'the database has more than 95 % of its quota (2 GiB, unless `quota-backend-bytes` of the machine configuration says otherwise); or the member is more than 1000 entries of the raft log behind another one, or behind with applying them, beyond what the time between the two answers explains: while it catches up, and for good if it does not',
    warn: 'the database has more than 80 % of its quota, or less than half of it is in use. A database of less than 100 MiB is never too large nor fragmented',
    skip: 'no control plane has an etcd, or it does not tell its size',
    explainedBy: [
      'boot-finished',
      'etcd-service',
      'etcd-quorum',
      'etcd-members-consistent',
      'etcd-learners',
      'etcd-alarms',
    ],
    talosctl: 'not asked there: an etcd that is about to take no more writes passes',
    reports: ['siderolabs/talos#7169', 'piraeusdatastore/piraeus-operator#844'],
    advice:
      'Defragment one member after the other, which changes its database and blocks it meanwhile, or raise the quota; a member that stays behind needs a faster disk or network',
    commands: ['talosctl -n 10.0.0.2 etcd status', 'talosctl -n 10.0.0.2 etcd defrag'],
  },
  unless: withoutEtcd,
  unread: ({ node }) => ({ explainedBy: [...stageCauses(node), ...here('etcd-service')] }),
  evaluate({ etcdStatus }, { node, snapshot }) {
    if (etcdStatus.database === undefined) {
      return skip('etcd does not tell the size of its database');
    }
    const { size, inUse } = etcdStatus.database;
    const isFragmented = size >= smallDatabase && inUse > 0 && inUse < leastInUse * size;
    const { share, trouble } = fullness(node, size, isFragmented);
    const lag = lagOf(node, etcdFacts(snapshot));
    const isFull = size >= smallDatabase && share > much;
    const troubles = [
      ...(lag === undefined ? [] : [lagging(node, lag)]),
      ...(isFull ? [trouble] : []),
      ...(isFragmented ? [fragmentation(node, size, inUse)] : []),
    ];
    if (troubles.length === 0) {
      return pass(`${formatBytes(size)}, ${formatBytes(inUse)} of it in use`);
    }
    const words = troubles.map((one) => one.words).join('; ');
    const advice = hint(
      [...new Set(troubles.map((one) => one.advice))].join(' '),
      ...new Set(troubles.flatMap(({ commands }) => commands)),
    );
    return lag !== undefined || (isFull && share > tooMuch)
      ? pending(words, advice, here('etcd-service', 'etcd-quorum', 'etcd-learners', 'etcd-alarms'))
      : warn(words, advice);
  },
});
