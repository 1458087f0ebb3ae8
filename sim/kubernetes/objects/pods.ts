import type { JsonObject } from '@bufbuild/protobuf';
import { containerState, probes } from '../../cosi/pods.ts';
import { kubernetesNodes } from '../../model/kubernetes.ts';
import type { ClusterState } from '../../model/state.ts';
import { coreDnsTemplate, type PodView, podViews } from '../../model/workloads.ts';
import type { Condition, ObjectContent } from './content.ts';
import { kinds } from './kinds.ts';

export function podObjects(state: ClusterState): readonly ObjectContent[] {
  return [...podViews(state).map((pod) => podObject(state, pod)), ...lonelyPods(state)];
}

function podObject({ scenario }: ClusterState, pod: PodView): ObjectContent {
  const { name, app, node, state } = pod;
  const container = app === 'kube-dns' ? 'coredns' : app;
  const phase = state === 'pending' ? 'Pending' : 'Running';
  const image = container === 'coredns' ? 'registry.k8s.io/coredns/coredns:v1.13.2' : undefined;
  const version = app === 'kube-proxy' ? undefined : node?.controlPlaneVersion;
  return {
    kind: kinds.pod,
    name,
    ...origin(app, node?.name ?? ''),
    spec: {
      ...(node === undefined ? {} : { nodeName: node.name }),
      containers: [
        {
          name: container,
          image: image ?? `registry.k8s.io/${container}:${version ?? scenario.kubernetesVersion}`,
          ...probes(scenario, container),
        },
      ],
      hostNetwork: container !== 'coredns',
      priorityClassName: 'system-cluster-critical',
    },
    status: { phase, ...(node === undefined ? {} : started(pod, node.address, node.name, container)) },
    conditions: podConditions(pod, container),
    fields: { 'spec.nodeName': node?.name ?? '', 'status.phase': phase },
  };
}

/** Pods that somebody made by hand, of which no controller knows. */
function lonelyPods(state: ClusterState): readonly ObjectContent[] {
  return kubernetesNodes(state)
    .filter(({ lonelyPod }) => lonelyPod)
    .map(({ name: node, address }) => ({
      kind: kinds.pod,
      name: `debug-${node}`,
      labels: { run: 'debug' },
      spec: { nodeName: node, containers: [{ name: 'debug', image: 'docker.io/library/busybox:1.37' }] },
      status: { phase: 'Running', hostIP: address },
      conditions: [{ type: 'Ready', status: 'True' }],
      fields: { 'spec.nodeName': node, 'status.phase': 'Running' },
    }));
}

function started({ state }: PodView, address: string, node: string, container: string): JsonObject {
  const status = { name: container, ready: state === 'ready', ...containerState(node, container, state) };
  return { hostIP: address, podIP: address, containerStatuses: [status] };
}

/** Who made the pod: the kubelet for its own machine, a DaemonSet, or a ReplicaSet. */
function origin(app: string, node: string): Pick<ObjectContent, 'labels' | 'annotations' | 'owner'> {
  switch (app) {
    case 'kube-proxy':
      return {
        labels: { 'controller-revision-hash': '5c8d4b9f7c', 'k8s-app': app, tier: 'node' },
        owner: { kind: kinds.daemonSet, name: app },
      };
    case 'kube-dns':
      return {
        labels: { 'k8s-app': app, 'pod-template-hash': coreDnsTemplate },
        owner: { kind: kinds.replicaSet, name: `coredns-${coreDnsTemplate}` },
      };
    default:
      return {
        labels: {
          'app.kubernetes.io/managed-by': 'Talos',
          'app.kubernetes.io/name': app,
          component: app,
          'k8s-app': app,
          tier: 'control-plane',
        },
        annotations: {
          'kubernetes.io/config.mirror': 'b1a8a4d0f4a5f1c1d5c1b2b7b0a7f5e3',
          'kubernetes.io/config.source': 'file',
          'talos.dev/config-version': '1',
        },
        owner: { kind: kinds.node, name: node },
      };
  }
}

function podConditions({ node, state, ready }: PodView, container: string): readonly Condition[] {
  if (node === undefined) {
    const message = '0 nodes are available: no node is ready.';
    return [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  }
  const running = state === 'ready';
  // the control plane takes Ready from a pod on a silent node, and leaves the reason as it was
  const unready = running
    ? {}
    : { reason: 'ContainersNotReady', message: `containers with unready status: [${container}]` };
  const condition = (type: string, holds: boolean): Condition =>
    holds ? { type, status: 'True' } : { type, status: 'False', ...unready };
  return [
    condition('PodReadyToStartContainers', state !== 'pending'),
    condition('Initialized', true),
    condition('Ready', ready),
    condition('ContainersReady', running),
    condition('PodScheduled', true),
  ];
}
