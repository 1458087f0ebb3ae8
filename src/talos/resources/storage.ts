import {
  LVMValidationErrorSpecSchema,
  LVMVolumeGroupStatusSpecSchema,
  MDArrayPhase,
  MDArrayStatusSpecSchema,
} from '../../gen/talos/resource/definitions/definitions_pb.ts';
import type { RaidArray, StorageProblem } from '../model/storage.ts';
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
