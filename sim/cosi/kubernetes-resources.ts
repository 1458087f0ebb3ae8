import { BootstrapManifestsConfigSpecSchema } from '../gen/talos/resource/definitions/bootstrap_manifests_pb.ts';
import {
  ControllerManagerConfigSpecSchema,
  EndpointSpecSchema,
  KubeletStatusSpecSchema,
  KubePrismStatusesSpecSchema,
  NodenameSpecSchema,
  NodeStatusSpecSchema,
  SchedulerConfigSpecSchema,
  StaticPodSpecSchema,
  StaticPodStatusSpecSchema,
} from '../gen/talos/resource/definitions/definitions_pb.ts';
import { knowsMember } from '../model/discovery.ts';
import {
  apiServerPort,
  apiServerWorks,
  controlPlaneVersion,
  isNodeReady,
  isSeenByTalos,
  staticPodStatuses,
} from '../model/kubernetes.ts';
import type { NodeState } from '../model/node-state.ts';
import { type ClusterState, controlPlanes } from '../model/state.ts';
import { addressBytes } from './cluster-resources.ts';
import { content, type ResourceContent, yamlContent } from './content.ts';
import { podSpec, podStatus } from './pods.ts';
import { types } from './types.ts';

/** The Kubernetes resources of a machine. */
export function kubernetesResources(state: ClusterState, node: NodeState): readonly ResourceContent[] {
  const name = { nodename: node.nodename, hostnameVersion: '1', skipNodeRegistration: false };
  const nodename = content(types.nodename, 'nodename', NodenameSpecSchema, name, name);
  if (node.presence === 'maintenance') return [];
  if (!state.scenario.kubernetes) return [nodename];
  const kubelet = kubeletStatus(state, node);
  return [
    nodename,
    yamlContent(types.kubeletConfig, 'kubelet', kubelet),
    content(types.kubeletStatus, 'kubelet', KubeletStatusSpecSchema, kubelet, kubelet),
    ...kubePrism(state, node),
    ...nodeStatus(state, node),
    ...Object.keys(node.staticPods).map((pod) => {
      const spec = podSpec(state.scenario, pod, controlPlaneVersion(state, node));
      return content(types.staticPod, pod, StaticPodSpecSchema, { pod: spec }, spec);
    }),
    ...staticPodStatuses(state, node).map((status) => {
      const spec = podStatus(node, status);
      return content(
        types.staticPodStatus,
        `kube-system/${status.pod}-${node.nodename}`,
        StaticPodStatusSpecSchema,
        { podStatus: spec },
        spec,
      );
    }),
    ...(node.role === 'controlplane' ? controlPlaneResources(state, node) : []),
  ];
}

function kubeletStatus({ scenario }: ClusterState, { kubernetes }: NodeState) {
  return { image: `ghcr.io/siderolabs/kubelet:${kubernetes.kubeletVersion ?? scenario.kubernetesVersion}` };
}

/** Its health checks only connect: an API server that hangs is good enough. */
function kubePrism(state: ClusterState, node: NodeState): readonly ResourceContent[] {
  if (node.kubePrism === 'off') return [];
  const takesConnections = controlPlanes(state).some((peer) => ['open', 'silent'].includes(apiServerPort(peer)));
  const status = { host: '127.0.0.1:7445', healthy: node.kubePrism === 'on' && takesConnections };
  return [content(types.kubePrism, 'k8s-loadbalancer', KubePrismStatusesSpecSchema, status, status)];
}

function nodeStatus(state: ClusterState, node: NodeState): readonly ResourceContent[] {
  if (!isSeenByTalos(node)) return [];
  const status = {
    nodename: node.nodename,
    nodeReady: isNodeReady(state, node),
    unschedulable: node.kubernetes.unschedulable,
  };
  return [content(types.nodeStatus, node.nodename, NodeStatusSpecSchema, status, status)];
}

function controlPlaneResources(state: ClusterState, node: NodeState): readonly ResourceContent[] {
  const enabled = (component: string) => ({ enabled: !node.disabledComponents.includes(component) });
  const manager = enabled('kube-controller-manager');
  const scheduler = enabled('kube-scheduler');
  return [
    yamlContent(types.apiServerConfig, 'kube-apiserver', { localPort: 6443 }),
    content(types.controllerManager, 'kube-controller-manager', ControllerManagerConfigSpecSchema, manager, manager),
    content(types.scheduler, 'kube-scheduler', SchedulerConfigSpecSchema, scheduler, scheduler),
    bootstrapManifests(state),
    endpoints(state, 'discovery', (peer) => knowsMember(state, node, peer)),
    endpoints(state, 'kube-apiserver', (peer) => apiServerWorks(state, peer)),
  ];
}

/** What Talos puts into a new cluster, as its configuration says. */
function bootstrapManifests({ scenario }: ClusterState): ResourceContent {
  const { kubeProxy: proxyEnabled, coreDns, cni: cniName } = scenario;
  const flannelEnabled = cniName === 'flannel';
  return content(
    types.bootstrapManifests,
    'manifests',
    BootstrapManifestsConfigSpecSchema,
    { proxyEnabled, coreDnsEnabled: coreDns, flannelEnabled, cniName },
    { proxyEnabled, coreDNSEnabled: coreDns, flannelEnabled, cniName },
  );
}

function endpoints(state: ClusterState, id: string, isOne: (node: NodeState) => boolean): ResourceContent {
  const addresses = controlPlanes(state)
    .filter(isOne)
    .map((node) => node.address);
  const message = { addresses: addresses.map((address) => ({ ip: addressBytes(address) })) };
  return content(types.endpoint, id, EndpointSpecSchema, message, { addresses, hosts: [] });
}
