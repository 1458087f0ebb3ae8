import {
  ControllerManagerConfigSpecSchema,
  KubeletStatusSpecSchema,
  KubePrismStatusesSpecSchema,
  NodenameSpecSchema,
  NodeStatusSpecSchema,
  SchedulerConfigSpecSchema,
  StaticPodSpecSchema,
  StaticPodStatusSpecSchema,
} from '../../gen/talos/resource/definitions/definitions_pb.ts';
import type { Nodename, NodeStatus, StaticPod, StaticPodStatus } from '../model/kubernetes.ts';
import { firstImage, hasReadinessProbe, isJsonObject, podReason, readyCondition, securePort, text } from './pod.ts';
import { resourceType } from './type.ts';

/** The resources of the Kubernetes components on a node. */

export const nodenames = resourceType<typeof NodenameSpecSchema, Nodename>(
  'k8s',
  'Nodenames.kubernetes.talos.dev',
  NodenameSpecSchema,
  ({ nodename, skipNodeRegistration }) => ({ nodename, skipNodeRegistration }),
);

export const nodeStatuses = resourceType<typeof NodeStatusSpecSchema, NodeStatus>(
  'k8s',
  'NodeStatuses.kubernetes.talos.dev',
  NodeStatusSpecSchema,
  ({ nodename, nodeReady, unschedulable }, id) => ({ nodename: nodename || id, ready: nodeReady, unschedulable }),
);

export const staticPods = resourceType<typeof StaticPodSpecSchema, StaticPod>(
  'k8s',
  'StaticPods.kubernetes.talos.dev',
  StaticPodSpecSchema,
  ({ pod }, id) => {
    const metadata = isJsonObject(pod?.['metadata']) ? pod['metadata'] : {};
    const spec = isJsonObject(pod?.['spec']) ? pod['spec'] : {};
    const port = securePort(spec);
    return {
      id,
      namespace: text(metadata['namespace']) || 'default',
      name: text(metadata['name']) || id,
      restartPolicy: text(spec['restartPolicy']) || 'Always',
      image: firstImage(spec),
      probed: hasReadinessProbe(spec),
      ...(port !== undefined && { port }),
    };
  },
  (document) => ({ pod: document }),
);

export const staticPodStatuses = resourceType<typeof StaticPodStatusSpecSchema, StaticPodStatus>(
  'k8s',
  'StaticPodStatuses.kubernetes.talos.dev',
  StaticPodStatusSpecSchema,
  ({ podStatus }, id) => {
    const status = podStatus ?? {};
    const ready = readyCondition(status);
    return { id, phase: text(status['phase']), ready, reason: ready ? '' : podReason(status) };
  },
  (document) => ({ podStatus: document }),
);

/** The kubelet image, since Talos 1.14. An os:reader may not read the other resources of the kubelet. */
export const kubeletStatuses = resourceType<typeof KubeletStatusSpecSchema, string>(
  'k8s',
  'KubeletStatuses.kubernetes.talos.dev',
  KubeletStatusSpecSchema,
  ({ image }) => image,
);

/** Whether the load balancer of the node reaches an API server. The id of the resource is `k8s-loadbalancer`. */
export const kubePrismStatuses = resourceType<typeof KubePrismStatusesSpecSchema, boolean>(
  'k8s',
  'KubePrismStatuses.kubernetes.talos.dev',
  KubePrismStatusesSpecSchema,
  ({ healthy }) => healthy,
);

export const controllerManagerConfigs = resourceType<typeof ControllerManagerConfigSpecSchema, boolean>(
  'controlplane',
  'ControllerManagerConfigs.kubernetes.talos.dev',
  ControllerManagerConfigSpecSchema,
  ({ enabled }) => enabled,
);

export const schedulerConfigs = resourceType<typeof SchedulerConfigSpecSchema, boolean>(
  'controlplane',
  'SchedulerConfigs.kubernetes.talos.dev',
  SchedulerConfigSpecSchema,
  ({ enabled }) => enabled,
);
