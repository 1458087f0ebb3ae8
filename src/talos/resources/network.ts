import {
  LinkStatusSpecSchema,
  NetworkStatusSpecSchema,
  OperationalState,
  ProbeStatusSpecSchema,
  SiderolinkStatusSpecSchema,
} from '../../gen/talos/resource/definitions/definitions_pb.ts';
import type { Link, NetworkStatus, Probe, Siderolink } from '../model/network.ts';
import { text } from './pod.ts';
import { enumName, resourceType } from './type.ts';

export const networkStatuses = resourceType<typeof NetworkStatusSpecSchema, NetworkStatus>(
  'network',
  'NetworkStatuses.net.talos.dev',
  NetworkStatusSpecSchema,
  ({ addressReady, connectivityReady, hostnameReady, etcFilesReady }) => ({
    addressReady,
    connectivityReady,
    hostnameReady,
    etcFilesReady,
  }),
);

const downStates: ReadonlySet<OperationalState> = new Set([
  OperationalState.OPER_STATE_NOT_PRESENT,
  OperationalState.OPER_STATE_DOWN,
  OperationalState.OPER_STATE_LOWER_LAYER_DOWN,
]);

const operationalStates: Readonly<Record<string, string>> = {
  notPresent: 'NOT_PRESENT',
  lowerLayerDown: 'LOWER_LAYER_DOWN',
};

export const linkStatuses = resourceType<typeof LinkStatusSpecSchema, Link>(
  'network',
  'LinkStatuses.net.talos.dev',
  LinkStatusSpecSchema,
  ({ masterIndex, operationalState, slaveKind }, name) => ({
    name,
    isDown: downStates.has(operationalState),
    ...(slaveKind === 'bond' && { bond: masterIndex }),
  }),
  ({ operationalState, ...document }) => {
    const word = text(operationalState);
    return { ...document, operationalState: enumName(operationalStates[word] ?? word, 'OPER_STATE_') };
  },
);

export const probeStatuses = resourceType<typeof ProbeStatusSpecSchema, Probe>(
  'network',
  'ProbeStatuses.net.talos.dev',
  ProbeStatusSpecSchema,
  ({ success, lastError }, id) => ({ id, success, lastError }),
);

/** Exists where the kernel arguments or the machine configuration name a SideroLink API, such as Omni's. */
export const siderolinkStatuses = resourceType<typeof SiderolinkStatusSpecSchema, Siderolink>(
  'config',
  'SiderolinkStatuses.siderolink.talos.dev',
  SiderolinkStatusSpecSchema,
  ({ host, connected }) => ({ host, connected }),
);
