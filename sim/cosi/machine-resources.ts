import { dump } from 'js-yaml';
import {
  DiagnosticSpecSchema,
  MachineStage,
  MachineStatusSpecSchema,
  MachineType,
  MachineTypeSpecSchema,
  ServiceSpecSchema,
  VolumePhase,
  VolumeStatusSpecSchema,
} from '../gen/talos/resource/definitions/definitions_pb.ts';
import { MachineConfigSpecSchema } from '../gen/talos/resource/definitions/machine_config_pb.ts';
import { machineStatus } from '../model/machine-status.ts';
import type { Ephemeral, NodeState, Stage } from '../model/node-state.ts';
import { type EtcdTrouble, servicesOf } from '../model/services.ts';
import type { ClusterState } from '../model/state.ts';
import { content, type ResourceContent, yamlContent } from './content.ts';
import { types } from './types.ts';

const stages: Readonly<Record<Stage, MachineStage>> = {
  booting: MachineStage.BOOTING,
  installing: MachineStage.INSTALLING,
  maintenance: MachineStage.MAINTENANCE,
  running: MachineStage.RUNNING,
  rebooting: MachineStage.REBOOTING,
  'shutting down': MachineStage.SHUTTING_DOWN,
  resetting: MachineStage.RESETTING,
  upgrading: MachineStage.UPGRADING,
};

const phases: Readonly<Record<Ephemeral['phase'], VolumePhase>> = {
  waiting: VolumePhase.WAITING,
  failed: VolumePhase.FAILED,
  missing: VolumePhase.MISSING,
  ready: VolumePhase.READY,
};

/** The resources of a machine about itself. */
export function machineResources(
  state: ClusterState,
  node: NodeState,
  trouble: EtcdTrouble,
): readonly ResourceContent[] {
  const status = machineStatus(state, node, trouble);
  const { stage, ready, unmetConditions } = status;
  return [
    content(
      types.machineStatus,
      'machine',
      MachineStatusSpecSchema,
      { stage: stages[stage], status: { ready, unmetConditions: [...unmetConditions] } },
      { stage, status: { ready, unmetConditions } },
    ),
    machineType(node),
    ...machineConfig(state, node),
    ...serviceResources(state, node, trouble),
    ...node.diagnostics.map(({ id, message, details }) =>
      content(types.diagnostic, id, DiagnosticSpecSchema, { message, details: [...details] }, { message, details }),
    ),
    ...volumes(state, node),
    hostname(node),
  ];
}

/** Only running services are resources; `ServiceList` has the others. */
function serviceResources(state: ClusterState, node: NodeState, trouble: EtcdTrouble): readonly ResourceContent[] {
  return servicesOf(state, node, trouble)
    .filter((service) => service.state === 'Running')
    .map((service) => {
      const spec = { running: true, healthy: service.health === 'healthy', unknown: service.health === 'unknown' };
      return content(types.service, service.id, ServiceSpecSchema, spec, spec);
    });
}

function machineType(node: NodeState): ResourceContent {
  const kind = node.role === 'controlplane' ? MachineType.TYPE_CONTROL_PLANE : MachineType.TYPE_WORKER;
  return content(types.machineType, 'machine-type', MachineTypeSpecSchema, { machineType: kind }, node.role);
}

/** As little of the configuration as talosctl looks at; the authority in it is nobody's. */
function machineConfig({ scenario }: ClusterState, node: NodeState): readonly ResourceContent[] {
  if (node.presence === 'maintenance') return [];
  const nobody = { crt: Buffer.from('simulated').toString('base64'), key: '' };
  const config = {
    version: 'v1alpha1',
    machine: { type: node.role },
    cluster: { clusterName: scenario.clusterName, ...(node.role === 'controlplane' ? { etcd: { ca: nobody } } : {}) },
  };
  const yamlMarshalled = Buffer.from(dump(config));
  return [content(types.machineConfig, 'v1alpha1', MachineConfigSpecSchema, { yamlMarshalled }, config)];
}

/** A container has no volumes. */
function volumes(state: ClusterState, node: NodeState): readonly ResourceContent[] {
  if (state.scenario.platform.mode === 'container') return [];
  const whole = (sizeMiB: number): Ephemeral => ({ phase: 'ready', sizeMiB, error: '' });
  return [
    volume('EPHEMERAL', node.ephemeral),
    volume('META', whole(1)),
    volume('STATE', whole(100)),
    ...node.equipment.volumes.map(({ id, failedKeys, ...one }) => volume(id, one, failedKeys)),
  ];
}

function volume(id: string, { phase, sizeMiB, error }: Ephemeral, failedKeys: readonly string[] = []): ResourceContent {
  const bytes = sizeMiB * 1024 * 1024;
  return content(
    types.volume,
    id,
    VolumeStatusSpecSchema,
    { phase: phases[phase], errorMessage: error, size: BigInt(bytes), encryptionFailedSyncs: [...failedKeys] },
    {
      phase,
      ...(bytes === 0 ? {} : { size: bytes }),
      ...(error === '' ? {} : { errorMessage: error }),
      ...(failedKeys.length === 0 ? {} : { encryptionFailedSyncs: failedKeys }),
    },
  );
}

function hostname({ hostname: full }: NodeState): ResourceContent {
  const [short = '', ...domain] = full.split('.');
  return yamlContent(types.hostname, 'hostname', { hostname: short, domainname: domain.join('.') });
}
