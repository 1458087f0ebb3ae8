import {
  DiagnosticSpecSchema,
  MachineStage,
  MachineStatusSpecSchema,
} from '../../gen/talos/resource/definitions/definitions_pb.ts';
import type { Diagnostic, MachineStatus } from '../model/machine.ts';
import { enumName, resourceType } from './type.ts';

export const machineStatuses = resourceType<typeof MachineStatusSpecSchema, MachineStatus>(
  'runtime',
  'MachineStatuses.runtime.talos.dev',
  MachineStatusSpecSchema,
  (spec) => ({
    stage: stageNames[spec.stage] ?? 'unknown',
    ready: spec.status?.ready ?? false,
    unmetConditions: (spec.status?.unmetConditions ?? []).map(({ name, reason }) => ({ name, reason })),
  }),
  (document) => ({ ...document, stage: enumName(document['stage']) }),
);

const stageNames: Readonly<Record<MachineStage, MachineStatus['stage']>> = {
  [MachineStage.UNKNOWN]: 'unknown',
  [MachineStage.BOOTING]: 'booting',
  [MachineStage.INSTALLING]: 'installing',
  [MachineStage.MAINTENANCE]: 'maintenance',
  [MachineStage.RUNNING]: 'running',
  [MachineStage.REBOOTING]: 'rebooting',
  [MachineStage.SHUTTING_DOWN]: 'shutting down',
  [MachineStage.RESETTING]: 'resetting',
  [MachineStage.UPGRADING]: 'upgrading',
};

export const diagnostics = resourceType<typeof DiagnosticSpecSchema, Diagnostic>(
  'runtime',
  'Diagnostics.runtime.talos.dev',
  DiagnosticSpecSchema,
  (spec, id) => ({ id, message: spec.message, details: spec.details }),
);
