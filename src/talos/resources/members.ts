import {
  IdentitySpecSchema,
  MachineType,
  MachineTypeSpecSchema,
  MemberSpecSchema,
} from '../../gen/talos/resource/definitions/definitions_pb.ts';
import { formatIp, parseIp } from '../../values/ip.ts';
import type { Member } from '../model/machine.ts';
import { isJsonObject, text } from './pod.ts';
import { resourceType } from './type.ts';

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
