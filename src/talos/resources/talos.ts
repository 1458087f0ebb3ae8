import {
  DiagnosticSpecSchema,
  EtcdMemberSpecSchema,
  IdentitySpecSchema,
  MachineStage,
  MachineStatusSpecSchema,
  MachineType,
  MachineTypeSpecSchema,
  MemberSpecSchema,
  VolumePhase,
  VolumeStatusSpecSchema,
} from '../../gen/talos/resource/definitions/definitions_pb.ts';
import { formatIp, parseIp } from '../../values/ip.ts';
import type { Diagnostic, MachineStatus, Member } from '../model/machine.ts';
import type { NamedVolume, VolumeStatus } from '../model/storage.ts';
import { isJsonObject, text } from './pod.ts';
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

const roleOf = (type: MachineType): Member['role'] => (type === MachineType.TYPE_WORKER ? 'worker' : 'controlplane');

/** The port of kube-apiserver if a member does not have one. */
export const defaultApiServerPort = 6443;

export const members = resourceType<typeof MemberSpecSchema, Member>(
  'cluster',
  'Members.cluster.talos.dev',
  MemberSpecSchema,
  (spec, id) => ({
    nodeId: spec.nodeId,
    nodename: id,
    hostname: spec.hostname || id,
    addresses: spec.addresses.map(({ ip }) => formatIp(ip)),
    role: roleOf(spec.machineType),
    operatingSystem: spec.operatingSystem,
    apiServerPort: Number(spec.controlPlane?.apiServerPort ?? 0) || defaultApiServerPort,
  }),
  (document) => {
    const addresses = Array.isArray(document['addresses']) ? document['addresses'] : [];
    const controlPlane = document['controlPlane'];
    return {
      ...document,
      addresses: addresses.map((address) => ({ ip: Buffer.from(parseIp(String(address))).toString('base64') })),
      machineType: machineTypeNames[text(document['machineType'])] ?? 'TYPE_UNKNOWN',
      ...(isJsonObject(controlPlane) && { controlPlane: { apiServerPort: controlPlane['port'] ?? 0 } }),
    };
  },
);

/** The node id of the machine that answers: random, kept across reboots, new after a wipe. The id of the resource is `local`. */
export const identities = resourceType<typeof IdentitySpecSchema, string>(
  'cluster',
  'Identities.cluster.talos.dev',
  IdentitySpecSchema,
  ({ nodeId }) => nodeId,
);

/** The id of the machine's etcd member, as in `EtcdStatus`. The id of the resource is `local`. Talos answers even if etcd hangs. */
export const localEtcdMembers = resourceType<typeof EtcdMemberSpecSchema, string>(
  'etcd',
  'EtcdMembers.etcd.talos.dev',
  EtcdMemberSpecSchema,
  ({ memberId }) => memberId.replace(/^0+/, ''),
  (document) => ({ memberId: document['memberID'] ?? document['memberId'] ?? '' }),
);

const machineTypeNames: Readonly<Record<string, string>> = {
  init: 'TYPE_INIT',
  controlplane: 'TYPE_CONTROL_PLANE',
  worker: 'TYPE_WORKER',
};

export const machineTypes = resourceType<typeof MachineTypeSpecSchema, Member['role']>(
  'config',
  'MachineTypes.config.talos.dev',
  MachineTypeSpecSchema,
  (spec) => roleOf(spec.machineType),
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
