import type { NodeStatus, StaticPod } from '../../talos/model/kubernetes.ts';
import { listResources } from '../../talos/resources/api.ts';
import {
  controllerManagerConfigs,
  kubeletStatuses,
  kubePrismStatuses,
  nodenames,
  nodeStatuses,
  schedulerConfigs,
  staticPodStatuses,
  staticPods,
} from '../../talos/resources/kubernetes.ts';
import type { Call } from '../request.ts';
import { type FacetDefinition, get, implied, list } from './definition.ts';
import type { Facet } from './facet.ts';

/** Components of the control plane that a machine configuration can disable, by the id of their static pods. */
const components = [
  ['kube-controller-manager', controllerManagerConfigs],
  ['kube-scheduler', schedulerConfigs],
] as const;

/** Listed rather than read by id: newer versions of Talos keep more than one of a type. */
const disabledComponents: Call<readonly string[]> = async (channel, options) => {
  const disabled: string[] = [];
  for (const [id, type] of components) {
    const configs = await listResources(channel, type, options);
    if (configs.length > 0 && !configs.includes(true)) {
      disabled.push(id);
    }
  }
  return disabled;
};

/** What Talos tells of the kubelet, its node and the static pods. */
export const kubeletFacets = {
  kubePrism: {
    what: 'whether KubePrism reaches an API server',
    mayBeRefused: true,
    optional: true,
    ...get(kubePrismStatuses, 'k8s-loadbalancer'),
  },
  nodeStatuses: { what: 'the Kubernetes node', ...list(nodeStatuses) },
  staticPods: { what: 'the static pods', ...list(staticPods) },
  /** The kubelet's image: a reader may not read its other resources. */
  kubeletImage: {
    what: 'the version of the kubelet',
    since: '1.14',
    mayBeRefused: true,
    optional: true,
    slow: true,
    absent: 'there is no kubelet yet',
    ...get(kubeletStatuses, 'kubelet'),
  },
  /**
   * Discovery reports the Kubernetes node name of a machine. If Talos has that node, the name need not be read, which
   * saves a tenth of all calls.
   */
  nodename: {
    what: 'the Kubernetes node name',
    absent: 'it has no Kubernetes node name yet',
    ...get(nodenames, 'nodename'),
    implied: implied('nodeStatuses', (statuses: Facet<readonly NodeStatus[]>, { nodename }) =>
      nodename !== undefined && statuses.ok && statuses.value.some((status) => status.nodename === nodename)
        ? { ...statuses, value: { nodename, skipNodeRegistration: false } }
        : undefined,
    ),
  },
  /** Most workers have no static pods, so there is no status to read. This saves a tenth of all calls. */
  staticPodStatuses: {
    what: 'the status of the static pods',
    ...list(staticPodStatuses),
    implied: implied(
      'staticPods',
      (pods: Facet<readonly StaticPod[]>) =>
        !pods.ok ? pods : pods.value.length === 0 ? { ...pods, value: [] } : undefined,
      'worker',
    ),
  },
  /**
   * Control plane components that the machine configuration disables. Read only if one is not among the static pods, so
   * that a healthy round does not pay for it.
   */
  disabledComponents: {
    what: 'which components of the control plane are disabled',
    source: components.map(([, { type }]) => `\`${type}\``).join(' and '),
    read: disabledComponents,
    mayBeRefused: true,
    role: 'controlplane',
    implied: implied('staticPods', (pods: Facet<readonly StaticPod[]>) =>
      !pods.ok
        ? pods
        : components.every(([id]) => pods.value.some((pod) => pod.id === id))
          ? { ...pods, value: [] }
          : undefined,
    ),
  },
} as const satisfies Readonly<Record<string, FacetDefinition>>;
