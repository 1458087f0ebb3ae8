import type { Stage } from '../model/node-state.ts';
import { nodeFault } from './fault.ts';

const healthy = { state: 'Running', health: 'healthy', message: '' } as const;

const stage = (to: Stage) => nodeFault(`The machine is ${to}.`, (node) => ({ ...node, stage: to }));

/** Faults of a machine as such. */
export const machineFaults = {
  'apid-certificate-expiring': nodeFault('The certificate of apid expires in an hour: it was not renewed.', (node) => ({
    ...node,
    certificateHours: 1,
  })),
  'node-dead': nodeFault('The machine is powered off: its ports refuse.', (node) => ({ ...node, presence: 'dead' })),
  'node-frozen': nodeFault('The machine accepts connections and never answers.', (node) => ({
    ...node,
    presence: 'frozen',
  })),
  'node-no-route': nodeFault('There is no route to the machine.', (node) => ({ ...node, presence: 'no-route' })),
  'node-black-hole': nodeFault('Packets to the machine vanish: the endpoint gives up after 15 s.', (node) => ({
    ...node,
    presence: 'black-hole',
  })),
  'node-maintenance': nodeFault('The machine lost its configuration and waits in maintenance mode.', (node) => ({
    ...node,
    presence: 'maintenance',
    stage: 'maintenance',
    services: {
      apid: healthy,
      containerd: healthy,
      cri: {
        state: 'Waiting',
        health: 'unknown',
        message: 'Waiting for volumes /var/lib, /var/lib/cni, CRI, /var/run, /var/run/lock to be mounted',
      },
      machined: healthy,
    },
    etcd: { ...node.etcd, state: 'none' },
    staticPods: {},
  })),
  'node-other-ca': nodeFault(
    'The machine belongs to another cluster: its certificate is of another authority.',
    (node) => ({
      ...node,
      presence: 'other-ca',
    }),
  ),
  'other-talos-version': nodeFault(
    'The machine runs another version of Talos than the rest, as in the middle of an upgrade (message; v1.13.9).',
    (node, args) => ({ ...node, talosVersion: args.message ?? 'v1.13.9' }),
  ),
  'node-slow': nodeFault('Every call to the machine takes long (milliseconds; 1200).', (node, args) => ({
    ...node,
    latency: node.latency + (args.milliseconds ?? 1200),
  })),
  'apid-starting': nodeFault(
    'apid was just started: machined refuses every call, whoever asks, as if the role were missing.',
    (node) => ({ ...node, apidStarting: true }),
  ),
  'machined-hung': nodeFault('apid is alive, but machined behind it never answers.', (node) => ({
    ...node,
    presence: 'machined-hung',
  })),
  booting: stage('booting'),
  installing: stage('installing'),
  rebooting: stage('rebooting'),
  upgrading: stage('upgrading'),
  'shutting-down': stage('shutting down'),
  resetting: stage('resetting'),
  'time-unmet': nodeFault('The clock is not synchronised.', (node) => ({
    ...node,
    unmet: [...node.unmet, { name: 'time', reason: 'time is not synced' }],
  })),
  'condition-unmet': nodeFault(
    'Talos names an unmet condition of a newer kind (condition, message).',
    (node, args) => ({
      ...node,
      unmet: [
        ...node.unmet,
        { name: args.condition ?? 'attestation', reason: args.message ?? 'machine is not attested' },
      ],
    }),
  ),
  'not-ready-without-reason': nodeFault('Talos says that the machine is not ready, and not why.', (node) => ({
    ...node,
    notReadyWithoutReason: true,
  })),
  'low-memory': nodeFault('The machine has too little memory (mebibytes; 512).', (node, args) => ({
    ...node,
    memoryMiB: args.mebibytes ?? 512,
  })),
  'small-disk': nodeFault('The EPHEMERAL volume is too small (mebibytes; 2048).', (node, args) => ({
    ...node,
    ephemeral: { ...node.ephemeral, sizeMiB: args.mebibytes ?? 2048 },
  })),
  'disk-failed': nodeFault('The EPHEMERAL volume could not be made (message).', (node, args) => ({
    ...node,
    ephemeral: { phase: 'failed', sizeMiB: 0, error: args.message ?? 'filesystem type mismatch: ext4 != xfs' },
  })),
  'disk-missing': nodeFault('There is no disk for the EPHEMERAL volume.', (node) => ({
    ...node,
    ephemeral: { phase: 'missing', sizeMiB: 0, error: '' },
  })),
  diagnostic: nodeFault('Talos found something odd in how the machine is set up (id, message).', (node, args) => ({
    ...node,
    diagnostics: [
      ...node.diagnostics,
      {
        id: args.id ?? 'address-overlap',
        message: args.message ?? 'host and Kubernetes pod/service CIDR addresses overlap',
        details: [`host addresses: ["${node.address}/24"]`, 'pod CIDRs: ["10.244.0.0/16"]'],
      },
    ],
  })),
  'resource-unsupported': nodeFault(
    'The Talos of the machine is older and does not know a resource type (type).',
    (node, args) => ({
      ...node,
      unsupportedTypes: [...node.unsupportedTypes, args.type ?? 'Diagnostics.runtime.talos.dev'],
    }),
  ),
  'resource-yaml-only': nodeFault('Resources of a type carry no protobuf, only YAML (type).', (node, args) => ({
    ...node,
    yamlOnlyTypes: [...node.yamlOnlyTypes, args.type ?? 'MachineStatuses.runtime.talos.dev'],
  })),
} as const;
