/**
 * The resource types that the simulated Talos knows. `sensitive` ones are for
 * os:admin alone. Every other type is "not supported", as by an older Talos.
 */
export interface ResourceType {
  readonly type: string;
  readonly namespace: string;
  readonly singular: string;
  /** Shown by Talos as the resource's owner. */
  readonly owner: string;
  readonly sensitive: boolean;
  /** The minor release of Talos 1 that introduced it; absent if all have it. */
  readonly since?: number;
}

function define(type: string, singular: string, namespace: string, owner: string): ResourceType {
  return { type, singular, namespace, owner, sensitive: false };
}

function defineSensitive(type: string, singular: string, namespace: string, owner: string): ResourceType {
  return { type, singular, namespace, owner, sensitive: true };
}

export const types = {
  definition: define('ResourceDefinitions.meta.cosi.dev', 'ResourceDefinition', 'meta', 'meta'),
  machineStatus: define(
    'MachineStatuses.runtime.talos.dev',
    'MachineStatus',
    'runtime',
    'runtime.MachineStatusController',
  ),
  service: define('Services.v1alpha1.talos.dev', 'Service', 'runtime', 'v1alpha1.ServiceController'),
  diagnostic: define('Diagnostics.runtime.talos.dev', 'Diagnostic', 'runtime', 'runtime.DiagnosticsController'),
  time: define('TimeStatuses.v1alpha1.talos.dev', 'TimeStatus', 'runtime', 'time.SyncController'),
  adjtime: define('AdjtimeStatuses.v1alpha1.talos.dev', 'AdjtimeStatus', 'runtime', 'time.AdjtimeStatusController'),
  volume: define('VolumeStatuses.block.talos.dev', 'VolumeStatus', 'runtime', 'block.VolumeManagerController'),
  metaKey: define('MetaKeys.runtime.talos.dev', 'MetaKey', 'runtime', 'runtime.MetaController'),
  extension: define(
    'ExtensionStatuses.runtime.talos.dev',
    'ExtensionStatus',
    'runtime',
    'runtime.ExtensionStatusController',
  ),
  bootId: { ...define('BootIDs.runtime.talos.dev', 'BootID', 'runtime', 'runtime.BootIDController'), since: 14 },
  rebootRequest: {
    ...define('RebootRequests.runtime.talos.dev', 'RebootRequest', 'runtime', 'runtime.UnattendedInstallController'),
    since: 14,
  },
  schematic: {
    ...define(
      'ImageFactorySchematics.runtime.talos.dev',
      'ImageFactorySchematic',
      'runtime',
      'runtime.ImageFactorySchematicController',
    ),
    since: 14,
  },
  machineType: define('MachineTypes.config.talos.dev', 'MachineType', 'config', 'config.MachineTypeController'),
  network: define('NetworkStatuses.net.talos.dev', 'NetworkStatus', 'network', 'network.StatusController'),
  link: define('LinkStatuses.net.talos.dev', 'LinkStatus', 'network', 'network.LinkStatusController'),
  probe: define('ProbeStatuses.net.talos.dev', 'ProbeStatus', 'network', 'network.ProbeController'),
  imageCache: define('ImageCacheConfigs.cri.talos.dev', 'ImageCacheConfig', 'cri', 'cri.ImageCacheConfigController'),
  kubeSpanPeer: define(
    'KubeSpanPeerStatuses.kubespan.talos.dev',
    'KubeSpanPeerStatus',
    'kubespan',
    'kubespan.ManagerController',
  ),
  siderolink: define(
    'SiderolinkStatuses.siderolink.talos.dev',
    'SiderolinkStatus',
    'config',
    'siderolink.StatusController',
  ),
  mdArray: {
    ...define('MDArrayStatuses.storage.talos.dev', 'MDArrayStatus', 'storage', 'storage.MDArrayReconcileController'),
    since: 14,
  },
  volumeGroup: {
    ...define(
      'LVMVolumeGroupStatuses.storage.talos.dev',
      'LVMVolumeGroupStatus',
      'storage',
      'storage.LVMScanController',
    ),
    since: 14,
  },
  volumeGroupError: {
    ...define(
      'LVMValidationErrors.storage.talos.dev',
      'LVMValidationError',
      'storage',
      'storage.LVMLogicalVolumeReconcileController',
    ),
    since: 14,
  },
  hostname: define('HostnameStatuses.net.talos.dev', 'HostnameStatus', 'network', 'network.HostnameSpecController'),
  member: define('Members.cluster.talos.dev', 'Member', 'cluster', 'cluster.MemberController'),
  identity: define('Identities.cluster.talos.dev', 'Identity', 'cluster', 'cluster.NodeIdentityController'),
  info: define('Infos.cluster.talos.dev', 'Info', 'cluster', 'cluster.InfoController'),
  etcdMember: define('EtcdMembers.etcd.talos.dev', 'EtcdMember', 'etcd', 'etcd.MemberController'),
  etcdSpec: define('EtcdSpecs.etcd.talos.dev', 'EtcdSpec', 'etcd', 'etcd.SpecController'),
  nodename: define('Nodenames.kubernetes.talos.dev', 'Nodename', 'k8s', 'k8s.NodenameController'),
  nodeStatus: define('NodeStatuses.kubernetes.talos.dev', 'NodeStatus', 'k8s', 'k8s.NodeStatusController'),
  kubeletStatus: define('KubeletStatuses.kubernetes.talos.dev', 'KubeletStatus', 'k8s', 'k8s.KubeletStatusController'),
  kubePrism: define('KubePrismStatuses.kubernetes.talos.dev', 'KubePrismStatus', 'k8s', 'k8s.KubePrismController'),
  staticPod: define('StaticPods.kubernetes.talos.dev', 'StaticPod', 'k8s', 'k8s.ControlPlaneStaticPodController'),
  staticPodStatus: define(
    'StaticPodStatuses.kubernetes.talos.dev',
    'StaticPodStatus',
    'k8s',
    'k8s.KubeletStaticPodController',
  ),
  controllerManager: define(
    'ControllerManagerConfigs.kubernetes.talos.dev',
    'ControllerManagerConfig',
    'controlplane',
    'k8s.ControlPlaneControllerManagerController',
  ),
  scheduler: define(
    'SchedulerConfigs.kubernetes.talos.dev',
    'SchedulerConfig',
    'controlplane',
    'k8s.ControlPlaneSchedulerController',
  ),
  bootstrapManifests: define(
    'BootstrapManifestsConfigs.kubernetes.talos.dev',
    'BootstrapManifestsConfig',
    'controlplane',
    'k8s.ControlPlaneBootstrapManifestsController',
  ),
  endpoint: define('Endpoints.kubernetes.talos.dev', 'Endpoint', 'controlplane', 'k8s.EndpointController'),
  machineConfig: defineSensitive(
    'MachineConfigs.config.talos.dev',
    'MachineConfig',
    'config',
    'config.AcquireController',
  ),
  apiServerConfig: defineSensitive(
    'APIServerConfigs.kubernetes.talos.dev',
    'APIServerConfig',
    'controlplane',
    'k8s.ControlPlaneAPIServerController',
  ),
  kubeletConfig: defineSensitive(
    'KubeletConfigs.kubernetes.talos.dev',
    'KubeletConfig',
    'k8s',
    'k8s.KubeletConfigController',
  ),
  kubeletSecret: defineSensitive(
    'KubeletSecrets.secrets.talos.dev',
    'KubeletSecret',
    'secrets',
    'secrets.KubeletController',
  ),
  osRootSecret: defineSensitive(
    'OSRootSecrets.secrets.talos.dev',
    'OSRootSecret',
    'secrets',
    'secrets.RootOSController',
  ),
} as const satisfies Record<string, ResourceType>;

export const resourceTypes: readonly ResourceType[] = Object.values(types);

/** Namespaces that there are, whatever is in them. */
export const namespaces: ReadonlySet<string> = new Set([
  ...resourceTypes.map(({ namespace }) => namespace),
  'containers',
  'cri',
  'files',
  'hardware',
  'kubespan',
  'perf',
  'security',
  'storage',
]);

/** The names under which talosctl finds a type, after the rule of the COSI runtime. */
export function aliases(resource: ResourceType): { readonly aliases: string[]; readonly allAliases: string[] } {
  const [name = '', ...suffix] = resource.type.split('.');
  const lower = name.toLowerCase();
  const dotted = suffix.slice(0, -1).map((_, index) => [lower, ...suffix.slice(0, index + 1)].join('.'));
  const letters = name.replace(/[^A-Z]/g, '');
  const initials =
    letters.length > 1 ? [letters.toLowerCase(), ...(letters.endsWith('S') ? [] : [`${letters.toLowerCase()}s`])] : [];
  const short = [resource.singular.toLowerCase(), ...initials];
  return { aliases: short, allAliases: [lower, ...dotted, ...short] };
}
