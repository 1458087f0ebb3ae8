import { apiServerEndpoint } from './api-server/api-server-endpoint.ts';
import { apiServerReady } from './api-server/api-server-ready.ts';
import { certificates } from './api-server/certificates.ts';
import { kubeprism } from './api-server/kubeprism.ts';
import { kubernetesApi } from './api-server/kubernetes-api.ts';
import { rebootApiServer } from './api-server/reboot-api-server.ts';
import type { Check } from './check.ts';
import { apiReachable } from './connectivity/api-reachable.ts';
import { baselineNodes } from './connectivity/baseline-nodes.ts';
import { credentials } from './connectivity/credentials.ts';
import { expectedNodes } from './connectivity/expected-nodes.ts';
import { identity } from './connectivity/identity.ts';
import { topology } from './connectivity/topology.ts';
import { controlPlaneComponents } from './control-plane/control-plane-components.ts';
import { controlPlanePods } from './control-plane/control-plane-pods.ts';
import { etcdAlarms } from './etcd/etcd-alarms.ts';
import { etcdLeader } from './etcd/etcd-leader.ts';
import { etcdLearners } from './etcd/etcd-learners.ts';
import { etcdMembersAreControlPlanes } from './etcd/etcd-members-are-control-planes.ts';
import { etcdMembersConsistent } from './etcd/etcd-members-consistent.ts';
import { etcdPeerAddresses } from './etcd/etcd-peer-addresses.ts';
import { etcdQuorum } from './etcd/etcd-quorum.ts';
import { etcdService } from './etcd/etcd-service.ts';
import { etcdSize } from './etcd/etcd-size.ts';
import { etcdVersions } from './etcd/etcd-versions.ts';
import { rebootEtcd } from './etcd/reboot-etcd.ts';
import { kubernetesVersion } from './nodes/kubernetes-version.ts';
import { nodeReady } from './nodes/node-ready.ts';
import { nodeRegistered } from './nodes/node-registered.ts';
import { nodeSchedulable } from './nodes/node-schedulable.ts';

import { rebootOthers } from './nodes/reboot-others.ts';
import { upgradeKubernetes } from './nodes/upgrade-kubernetes.ts';

import { versionSkew } from './nodes/version-skew.ts';
import { baselineNode } from './readiness/baseline-node.ts';
import { bootFinished } from './readiness/boot-finished.ts';
import { clock } from './readiness/clock.ts';
import { diagnostics } from './readiness/diagnostics.ts';
import { disk } from './readiness/disk.ts';
import { diskUsage } from './readiness/disk-usage.ts';
import { expectedImage } from './readiness/expected-image.ts';
import { extensions } from './readiness/extensions.ts';
import { imageCache } from './readiness/image-cache.ts';
import { kubespan } from './readiness/kubespan.ts';
import { machineReady } from './readiness/machine-ready.ts';
import { memory } from './readiness/memory.ts';
import { network } from './readiness/network.ts';
import { omni } from './readiness/omni.ts';
import { probes } from './readiness/probes.ts';
import { rebootDue } from './readiness/reboot-due.ts';
import { rebootTarget } from './readiness/reboot-target.ts';
import { services } from './readiness/services.ts';
import { siderolink } from './readiness/siderolink.ts';
import { talosVersion } from './readiness/talos-version.ts';
import { upgradeConfirmed } from './readiness/upgrade-confirmed.ts';
import { upgradePath } from './readiness/upgrade-path.ts';
import { volumes } from './readiness/volumes.ts';
import { staticPods } from './static-pods/static-pods.ts';
import { coredns } from './workloads/coredns.ts';
import { kubeProxy } from './workloads/kube-proxy.ts';
import { noUnexpectedNodes } from './workloads/no-unexpected-nodes.ts';
import { rebootPods } from './workloads/reboot-pods.ts';

/**
 * Every check, causes before their consequences. Findings, outputs and documentation keep this order. `topology` comes
 * before `api-reachable`, because no node can be reached through endpoints that are workers.
 */
export const registry: readonly Check[] = [
  credentials,
  topology,
  apiReachable,
  identity,
  expectedNodes,
  baselineNodes,
  omni,
  bootFinished,
  probes,
  network,
  machineReady,
  clock,
  services,
  memory,
  disk,
  diskUsage,
  volumes,
  diagnostics,
  imageCache,
  kubespan,
  siderolink,
  upgradeConfirmed,
  rebootDue,
  extensions,
  expectedImage,
  baselineNode,
  talosVersion,
  upgradePath,
  rebootTarget,
  etcdService,
  etcdMembersConsistent,
  etcdMembersAreControlPlanes,
  etcdPeerAddresses,
  etcdQuorum,
  etcdLeader,
  etcdAlarms,
  etcdLearners,
  rebootEtcd,
  etcdSize,
  etcdVersions,
  apiServerReady,
  apiServerEndpoint,
  kubernetesApi,
  kubeprism,
  certificates,
  rebootApiServer,
  controlPlaneComponents,
  controlPlanePods,
  nodeRegistered,
  nodeReady,
  nodeSchedulable,
  kubernetesVersion,
  upgradeKubernetes,
  versionSkew,
  rebootOthers,
  staticPods,
  noUnexpectedNodes,
  kubeProxy,
  coredns,
  rebootPods,
];
