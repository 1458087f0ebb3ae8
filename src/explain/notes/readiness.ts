import type { StageNotes } from './notes.ts';

export const readiness: StageNotes = {
  'boot-finished': {
    reads: '`MachineStatuses.runtime.talos.dev`, `stage`',
    pending:
      'the stage is any other than running; while it boots, the services that it waits for are named, with their last event, and the unmet conditions',
    explainedBy: ['services', 'etcd-service'],
    talosctl: '"all nodes to finish boot sequence"',
    advice: 'See which service the boot waits for; a new cluster waits for its bootstrap',
    commands: ['talosctl -n 10.0.0.2 services', 'talosctl -n 10.0.0.2 dmesg'],
  },
  'machine-ready': {
    reads: '`MachineStatuses.runtime.talos.dev`, `status`',
    pending:
      'a condition `time`, `network` or one that this version does not know is unmet, or the machine is not ready and does not say why; services, static pods and the Kubernetes node have checks of their own',
    talosctl: 'not looked at there: a node that Talos itself calls not ready passes',
    advice: 'Check the time servers, addresses, routes and name servers of the node',
    commands: [
      'talosctl -n 10.0.0.2 get machinestatus -o yaml',
      'talosctl -n 10.0.0.2 get timestatus',
      'talosctl -n 10.0.0.2 get networkstatus -o yaml',
    ],
  },
  services: {
    reads: '`MachineService.ServiceList`, and the unmet condition `services` of the machine',
    pending:
      'apid, machined, the kubelet (where the cluster has Kubernetes) or, on a control plane, trustd is not running and healthy; another service that runs is unhealthy; any has failed; one of apid, containerd, cri, the kubelet, machined, sandboxd and trustd is in a crash loop: Talos starts it again and again, and it runs no longer than before. etcd has a stage of its own',
    warn: 'any other service, such as an extension, is in a crash loop',
    explainedBy: ['boot-finished'],
    talosctl:
      '"kubelet to be healthy", on control planes only; a worker whose kubelet has failed passes there, and so does an extension',
    advice: 'Read the events and the log of the service',
    commands: ['talosctl -n 10.0.0.2 service kubelet', 'talosctl -n 10.0.0.2 logs kubelet'],
  },
  memory: {
    reads: '`MachineService.Memory`, and `mode` of `MachineService.Version`',
    pending: 'a control plane has less than 1698 MiB, or a worker less than 874 MiB',
    skip: 'Talos runs in a container',
    talosctl: '"all nodes memory sizes", the same numbers',
    advice: 'Give the machine more memory',
    commands: ['talosctl -n 10.0.0.2 memory'],
  },
  disk: {
    reads: '`VolumeStatuses.block.talos.dev`, `EPHEMERAL`',
    pending: 'the volume failed, is missing, or has less than 3932 MiB (6 GiB less what Talos needs besides)',
    skip: 'Talos runs in a container',
    talosctl: '"all nodes disk sizes"; a volume that failed or is missing passes there',
    advice: 'Give the machine a larger disk, or see what is wrong with the one that it has',
    commands: ['talosctl -n 10.0.0.2 get volumestatus EPHEMERAL -o yaml', 'talosctl -n 10.0.0.2 get disks'],
  },
  diagnostics: {
    reads: '`Diagnostics.runtime.talos.dev`',
    pending: 'there is any',
    skip: 'this Talos does not know the resource',
    talosctl: '"no diagnostics"',
    advice: 'Each diagnostic is described at `https://talos.dev/diagnostic/<id>`',
    commands: ['talosctl -n 10.0.0.2 get diagnostics'],
  },
  'talos-version': {
    reads: '`MachineService.Version`',
    pending: 'the node runs another version',
    talosctl: 'not asked there: a node whose upgrade was rolled back passes',
    advice: 'See why the node does not run the new version: the upgrade has not got to it yet, or it went back',
    commands: ['talosctl -n 10.0.0.2 version', 'talosctl -n 10.0.0.2 dmesg'],
  },
};
