import {
  ImageCacheConfigSpecSchema,
  ImageCacheCopyStatus,
  ImageCacheStatus,
  LVMValidationErrorSpecSchema,
  LVMVolumeGroupStatusSpecSchema,
  MDArrayPhase,
  MDArrayStatusSpecSchema,
  VolumePhase,
  VolumeStatusSpecSchema,
} from '../../gen/talos/resource/definitions/definitions_pb.ts';
import type { ImageCache, NamedVolume, RaidArray, StorageProblem, VolumeStatus } from '../model/storage.ts';
import { text } from './pod.ts';
import { enumName, resourceType } from './type.ts';

const arrayPhases: Readonly<Record<MDArrayPhase, RaidArray['phase']>> = {
  [MDArrayPhase.MD_ARRAY_PHASE_UNKNOWN]: 'unknown',
  [MDArrayPhase.MD_ARRAY_PHASE_WAITING]: 'waiting',
  [MDArrayPhase.MD_ARRAY_PHASE_REBUILDING]: 'rebuilding',
  [MDArrayPhase.MD_ARRAY_PHASE_READY]: 'ready',
  [MDArrayPhase.MD_ARRAY_PHASE_ERROR]: 'error',
};

/** Software RAID. */
export const mdArrayStatuses = resourceType<typeof MDArrayStatusSpecSchema, RaidArray>(
  'storage',
  'MDArrayStatuses.storage.talos.dev',
  MDArrayStatusSpecSchema,
  ({ status, error, members, raidDevices, arrayState, syncAction }, id) => ({
    id,
    phase: arrayPhases[status] ?? 'unknown',
    error,
    members: members.length,
    raidDevices: Number(raidDevices),
    arrayState,
    syncAction,
  }),
  (document) => ({ ...document, status: enumName(document['status'], 'MD_ARRAY_PHASE_') }),
);

/** A volume group of LVM, and what is wrong with it: `''` for nothing. */
export const lvmVolumeGroupStatuses = resourceType<typeof LVMVolumeGroupStatusSpecSchema, StorageProblem>(
  'storage',
  'LVMVolumeGroupStatuses.storage.talos.dev',
  LVMVolumeGroupStatusSpecSchema,
  ({ name, partial, missingPvCount }, id) => ({
    group: name || id,
    message:
      Number(missingPvCount) > 0 ? `${missingPvCount} of its disks are missing` : partial === '' ? '' : 'it is partial',
  }),
);

export const lvmValidationErrors = resourceType<typeof LVMValidationErrorSpecSchema, StorageProblem>(
  'storage',
  'LVMValidationErrors.storage.talos.dev',
  LVMValidationErrorSpecSchema,
  ({ vgName, message }, id) => ({ group: vgName || id, message: message || 'its configuration is not valid' }),
);

export const volumeStatuses = resourceType<typeof VolumeStatusSpecSchema, NamedVolume>(
  'runtime',
  'VolumeStatuses.block.talos.dev',
  VolumeStatusSpecSchema,
  ({ phase, errorMessage, size, encryptionFailedSyncs }, id) => ({
    id,
    phase: phaseNames[phase] ?? 'waiting',
    errorMessage,
    size: Number(size),
    ...(encryptionFailedSyncs.length > 0 && { failedKeys: encryptionFailedSyncs }),
  }),
  (document) => ({ ...document, phase: enumName(document['phase'], 'VOLUME_PHASE_') }),
);

const phaseNames: Readonly<Record<VolumePhase, VolumeStatus['phase']>> = {
  [VolumePhase.WAITING]: 'waiting',
  [VolumePhase.FAILED]: 'failed',
  [VolumePhase.MISSING]: 'missing',
  [VolumePhase.LOCATED]: 'located',
  [VolumePhase.PROVISIONED]: 'provisioned',
  [VolumePhase.PREPARED]: 'prepared',
  [VolumePhase.READY]: 'ready',
  [VolumePhase.CLOSED]: 'closed',
};

const cacheStates: Readonly<Record<ImageCacheStatus, ImageCache['status']>> = {
  [ImageCacheStatus.UNKNOWN]: 'unknown',
  [ImageCacheStatus.DISABLED]: 'disabled',
  [ImageCacheStatus.PREPARING]: 'preparing',
  [ImageCacheStatus.READY]: 'ready',
};

const copyStates: Readonly<Record<ImageCacheCopyStatus, ImageCache['copy']>> = {
  [ImageCacheCopyStatus.UNKNOWN]: 'unknown',
  [ImageCacheCopyStatus.SKIPPED]: 'skipped',
  [ImageCacheCopyStatus.PENDING]: 'copying',
  [ImageCacheCopyStatus.READY]: 'ready',
};

/** In YAML the copy is `copying` while its status is pending. */
const copyWords: Readonly<Record<string, string>> = { copying: 'pending' };

export const imageCacheConfigs = resourceType<typeof ImageCacheConfigSpecSchema, ImageCache>(
  'cri',
  'ImageCacheConfigs.cri.talos.dev',
  ImageCacheConfigSpecSchema,
  ({ status, copyStatus }) => ({ status: cacheStates[status] ?? 'unknown', copy: copyStates[copyStatus] ?? 'unknown' }),
  ({ status, copyStatus }) => ({
    status: enumName(status, 'IMAGE_CACHE_STATUS_'),
    copyStatus: enumName(copyWords[text(copyStatus)] ?? copyStatus, 'IMAGE_CACHE_COPY_STATUS_'),
  }),
);
