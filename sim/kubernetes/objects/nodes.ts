import type { JsonObject } from '@bufbuild/protobuf';
import { type KubernetesNodeView, kubernetesNodes } from '../../model/kubernetes.ts';
import type { ClusterState } from '../../model/state.ts';
import type { Condition, ObjectContent } from './content.ts';
import { kinds } from './kinds.ts';

export function nodeObjects(state: ClusterState): readonly ObjectContent[] {
  return kubernetesNodes(state).map((node) => nodeObject(state, node));
}

function nodeObject({ scenario }: ClusterState, node: KubernetesNodeView): ObjectContent {
  const { name, address, controlPlane, unschedulable, kubeletVersion } = node;
  const taints = nodeTaints(node);
  return {
    kind: kinds.node,
    name,
    labels: {
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      ...(controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {}),
    },
    spec: { ...(unschedulable ? { unschedulable } : {}), ...(taints.length > 0 ? { taints } : {}) },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      capacity: { cpu: '4', memory: `${scenario.memoryMiB * 1024}Ki`, pods: '110' },
      allocatable: { cpu: '3950m', memory: `${scenario.memoryMiB * 1024}Ki`, pods: '110' },
      daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
      nodeInfo: {
        architecture: 'amd64',
        containerRuntimeVersion: 'containerd://2.2.1',
        kernelVersion: '6.18.8-talos',
        kubeletVersion,
        operatingSystem: 'linux',
        osImage: `Talos (${scenario.talosVersion})`,
      },
    },
    conditions: nodeConditions(node),
    fields: { 'spec.unschedulable': String(unschedulable) },
  };
}

const pressures = [
  { type: 'MemoryPressure', good: 'KubeletHasSufficientMemory', bad: 'KubeletHasInsufficientMemory', what: 'memory' },
  { type: 'DiskPressure', good: 'KubeletHasNoDiskPressure', bad: 'KubeletHasDiskPressure', what: 'disk' },
  { type: 'PIDPressure', good: 'KubeletHasSufficientPID', bad: 'KubeletHasInsufficientPID', what: 'PID' },
];

/** In the order in which a kubelet writes them: Ready last. */
function nodeConditions({ ready, pressure }: KubernetesNodeView): readonly Condition[] {
  const silent = ready.status === 'Unknown';
  const known = pressures.map(({ type, good, bad, what }): Condition => {
    if (silent) return { ...ready, type };
    return pressure.includes(type)
      ? { type, status: 'True', reason: bad, message: `kubelet has ${what} pressure` }
      : { type, status: 'False', reason: good, message: `kubelet has no ${what} pressure` };
  });
  const others = pressure
    .filter((type) => !pressures.some((one) => one.type === type))
    .map((type): Condition => ({ type, status: 'True', reason: type, message: `the node has the condition ${type}` }));
  return [...others, ...known, { type: 'Ready', ...ready }];
}

function nodeTaints({ controlPlane, ready, unschedulable, pressure }: KubernetesNodeView): JsonObject[] {
  const silent = ready.status === 'Unknown';
  return [
    ...(controlPlane ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] : []),
    ...(ready.status === 'False' ? [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] : []),
    ...(silent ? [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }] : []),
    ...(unschedulable ? [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] : []),
    ...(pressure.includes('DiskPressure') ? [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }] : []),
  ];
}
