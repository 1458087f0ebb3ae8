import { mounts, time } from '../../talos/api.ts';
import { CallError } from '../../talos/call-error.ts';
import { isNotExposed } from '../../talos/failure.ts';
import type { MachineStatus, TimeStatus } from '../../talos/model/machine.ts';
import type { Link, NetworkStatus } from '../../talos/model/network.ts';
import type { ImageCache, Mount, RaidArray, StorageProblem } from '../../talos/model/storage.ts';
import { listResources } from '../../talos/resources/api.ts';
import { adjtimeStatuses, timeStatuses } from '../../talos/resources/clock.ts';
import { kubeSpanPeerStatuses } from '../../talos/resources/kubespan.ts';
import { linkStatuses, networkStatuses, probeStatuses, siderolinkStatuses } from '../../talos/resources/network.ts';
import {
  imageCacheConfigs,
  lvmValidationErrors,
  lvmVolumeGroupStatuses,
  mdArrayStatuses,
} from '../../talos/resources/storage.ts';
import type { Call } from '../request.ts';
import { type FacetDefinition, get, implied, list, rare, slow } from './definition.ts';
import type { Facet } from './facet.ts';

/** Without a value, the reason. */
const optionally = <T>(answer: Promise<T>): Promise<T | CallError> =>
  answer.catch((error: unknown) => {
    if (error instanceof CallError) {
      return error;
    }
    throw error;
  });

/** What the clock of a node shows. In milliseconds. */
export interface MeasuredTime {
  /** The node is ahead of this machine by so much at least and at most; negative: it is behind. */
  readonly ahead: { readonly least: number; readonly most: number };
  /** The node is ahead of its time server by so much. */
  readonly aheadOfServer: number;
  readonly server: string;
}

/** Why a node does not tell its time: its time server does not answer it, for example. */
interface UnknownTime {
  readonly unmeasured: string;
}

/** Time servers answer within milliseconds; one that is out of reach must not hold up a round. */
const timeServerTimeout = 1000;

/**
 * The time of a node lies between sending the question and receiving the answer, by the clock of this machine. So the
 * delay of the network, and of the time server that the node asks, is in the range and not in the offset.
 */
const readTime: Call<MeasuredTime | UnknownTime> = async (channel, options) => {
  const timeout = Math.min(options.timeout, timeServerTimeout);
  const sent = Date.now();
  const answer = await optionally(time(channel, { ...options, timeout }));
  const received = Date.now();
  if (answer instanceof CallError) {
    if (isNotExposed(answer.failure)) {
      throw answer;
    }
    return { unmeasured: answer.failure.message };
  }
  const { local, remote, server } = answer;
  return { ahead: { least: local - received, most: local - sent }, aheadOfServer: local - remote, server };
};

/**
 * Where the disks of a machine are mounted: its volumes, and those of `machine.disks`, which can be anywhere below /var. The
 * mounts of pods and containers are not kept: there are hundreds.
 */
export const isVolumePath = (path: string): boolean => /^\/var(\/(?!run\/|lib\/(kubelet|containerd)\/).+)?$/.test(path);

/** The file systems of /var and of user volumes. */
const readMounts: Call<readonly Mount[]> = async (channel, options) =>
  (await mounts(channel, options)).filter(({ path, size }) => size > 0 && isVolumePath(path));

/** Software RAID and LVM. */
export interface Storage {
  readonly arrays: readonly RaidArray[];
  readonly problems: readonly StorageProblem[];
}

const readStorage: Call<Storage> = async (channel, options) => {
  const orNone = async <T>(listed: Promise<readonly T[]>): Promise<readonly T[]> => {
    const answer = await optionally(listed);
    if (answer instanceof CallError && !isNotExposed(answer.failure)) {
      throw answer;
    }
    return answer instanceof CallError ? [] : answer;
  };
  // A version that does not have this type has none of the three.
  const arrays = await listResources(channel, mdArrayStatuses, options);
  const [groups, errors] = await Promise.all([
    orNone(listResources(channel, lvmVolumeGroupStatuses, options)),
    orNone(listResources(channel, lvmValidationErrors, options)),
  ]);
  return { arrays, problems: [...groups, ...errors].filter(({ message }) => message !== '') };
};

/** Network interfaces that can be the port of a bond; a node has hundreds of others, which are those of pods. */
const physicalNames = '^(e|ib)';

const readLinks: Call<readonly Link[]> = (channel, options) =>
  listResources(channel, linkStatuses, options, physicalNames);

const upNetwork: NetworkStatus = {
  addressReady: true,
  connectivityReady: true,
  hostnameReady: true,
  etcFilesReady: true,
};

/** Talos judges its conditions in this stage. */
function isNetworkMet({ stage, unmetConditions }: MachineStatus): boolean {
  return stage === 'running' && !unmetConditions.some(({ name }) => name === 'network');
}

/** What is observed of the machine itself: its clock, its network and its disks. */
export const machineFacets = {
  /** MachineStatus does not name the network as a condition that is not met: then all of its parts are ready. */
  network: {
    what: 'the status of the network',
    mayBeRefused: true,
    optional: true,
    ...get(networkStatuses, 'status'),
    implied: implied('machineStatus', (status: Facet<MachineStatus>) =>
      status.ok && isNetworkMet(status.value) ? { ...status, value: upNetwork } : undefined,
    ),
    impliedIf: 'large',
  },
  /** Most machine configurations have none. */
  probes: { what: 'the network probes', mayBeRefused: true, optional: true, slow: true, ...rare(list(probeStatuses)) },
  links: {
    what: 'the network interfaces',
    source: `\`${linkStatuses.type}\``,
    read: readLinks,
    isAbsent: (links: readonly Link[]) => links.every(({ bond }) => bond === undefined),
    mayBeRefused: true,
    optional: true,
    slow: true,
  },
  /** Rare: a clock that nothing keeps right. Talos itself does not call a machine ready whose clock was never set. */
  timeStatus: {
    what: 'whether the clock is synchronised',
    mayBeRefused: true,
    optional: true,
    ...slow(get(timeStatuses, 'node')),
    isAbsent: ({ synced, syncDisabled }: TimeStatus) => synced && !syncDisabled,
  },
  /** A node whose time synchronisation is off has no time server to ask. */
  time: {
    what: 'the time of the machine',
    mayBeRefused: true,
    optional: true,
    slow: true,
    source: '`TimeService.Time`',
    read: readTime,
    implied: implied('timeStatus', (status: Facet<TimeStatus>) =>
      status.ok && status.value.syncDisabled
        ? { ...status, value: { unmeasured: 'it has no time server' } }
        : undefined,
    ),
  },
  /** The error that the kernel estimates, in milliseconds. A time server that answers tells more. */
  clockError: {
    what: 'the estimated error of the clock',
    mayBeRefused: true,
    optional: true,
    absent: 'a container has none',
    ...slow(get(adjtimeStatuses, 'node')),
    implied: implied('time', (time: Facet<MeasuredTime | UnknownTime>) =>
      time.ok && 'ahead' in time.value ? { ...time, value: 0 } : undefined,
    ),
    impliedIf: 'large',
  },
  mounts: {
    what: 'the file systems',
    source: '`MachineService.Mounts`',
    read: readMounts,
    mayBeRefused: true,
    optional: true,
    slow: true,
  },
  storage: {
    what: 'software RAID and LVM',
    since: '1.14',
    source: [mdArrayStatuses, lvmVolumeGroupStatuses, lvmValidationErrors].map(({ type }) => `\`${type}\``).join(', '),
    read: readStorage,
    isAbsent: ({ arrays, problems }: Storage) => arrays.length === 0 && problems.length === 0,
    mayBeRefused: true,
    optional: true,
    slow: true,
  },
  imageCache: {
    what: 'the image cache',
    mayBeRefused: true,
    optional: true,
    ...slow(list(imageCacheConfigs)),
    isAbsent: (caches: readonly ImageCache[]) => caches.every(({ status }) => status === 'disabled'),
  },
  kubeSpanPeers: {
    what: 'the peers of KubeSpan',
    mayBeRefused: true,
    optional: true,
    ...rare(slow(list(kubeSpanPeerStatuses))),
  },
  siderolink: { what: 'SideroLink', mayBeRefused: true, optional: true, ...rare(slow(list(siderolinkStatuses))) },
} as const satisfies Readonly<Record<string, FacetDefinition>>;
