import type { Extension, Role } from './node-state.ts';

/** What kind of cluster it is; everything that does not change while it runs. */
export interface Scenario {
  readonly clusterName: string;
  readonly controlPlanes: number;
  readonly workers: number;
  /** Further workers that are switched off and may join while the cluster runs. */
  readonly spareWorkers: number;
  /** Such as `v1.14.0`. */
  readonly talosVersion: string;
  /** Such as `v1.36.0`. */
  readonly kubernetesVersion: string;
  /** Whether the machines are connected by KubeSpan. */
  readonly kubeSpan: boolean;
  /** System extensions of every machine's image, and the Image Factory's id of what is in it; empty: none. */
  readonly extensions: readonly Extension[];
  readonly schematic: string;
  /**
   * Whether the configuration asks for the isolation of workloads, as one that is made for Talos 1.14 does: then sandboxd
   * holds the container runtime and all that runs in it, but in no container.
   */
  readonly workloadIsolation: boolean;
  /** False: etcd runs, but no kubelet and nothing of Kubernetes. */
  readonly kubernetes: boolean;
  /** False: nobody lists the members. */
  readonly discovery: boolean;
  /** The domain of the machines' names. */
  readonly domain: string;
  /** Which names of a machine are fully qualified; the others are short. */
  readonly qualified: readonly ('hostname' | 'nodename' | 'etcd')[];
  /** Whether one control plane at a time holds a virtual address besides its own. */
  readonly vip: boolean;
  /** Whether Sidero Omni manages the cluster, and answers in front of it. */
  readonly omni: boolean;
  /** An address that every machine has besides its own, as behind a NAT; empty: none. */
  readonly sharedAddress: string;
  readonly platform: { readonly name: string; readonly mode: 'metal' | 'cloud' | 'container' };
  /** `none`: the cluster's owner brings a network of his own. */
  readonly cni: 'flannel' | 'none';
  /** False: the configuration switches kube-proxy off. */
  readonly kubeProxy: boolean;
  /** False: the configuration switches CoreDNS off. */
  readonly coreDns: boolean;
  /** Whether kube-apiserver answers `/livez`, `/readyz` and `/version` without credentials; older clusters say 401. */
  readonly anonymousProbes: boolean;
  /**
   * Whether the kubelet asks kube-apiserver how it is. Talos has it do so since
   * 1.14, where the configuration has a document KubeAPIServerConfig, and the
   * probes are open to everybody.
   */
  readonly apiServerProbes: boolean;
  readonly memoryMiB: number;
  readonly ephemeralMiB: number;
  /** How long etcd must not answer until Talos calls the service unhealthy, in milliseconds. */
  readonly etcdHealthLagMs: number;
  /** `powered-off`: all machines wait to be switched on by a bootstrap. */
  readonly start: 'running' | 'powered-off';
}

const defaults: Scenario = {
  clusterName: 'demo',
  controlPlanes: 3,
  workers: 2,
  spareWorkers: 0,
  talosVersion: 'v1.14.0',
  kubernetesVersion: 'v1.36.0',
  kubeSpan: false,
  extensions: [{ name: 'iscsi-tools', version: 'v0.2.0' }],
  schematic: 'c9078f9419961640c712a8bf2bb9174933dfcf1da383fd8ea2b7dc21493f8bac',
  workloadIsolation: true,
  kubernetes: true,
  discovery: true,
  domain: 'example.com',
  qualified: [],
  vip: false,
  omni: false,
  sharedAddress: '',
  platform: { name: 'metal', mode: 'metal' },
  cni: 'flannel',
  kubeProxy: true,
  coreDns: true,
  anonymousProbes: true,
  apiServerProbes: true,
  memoryMiB: 4096,
  ephemeralMiB: 30_720,
  etcdHealthLagMs: 17_000,
  start: 'running',
};

export function defineScenario(overrides: Partial<Scenario> = {}): Scenario {
  return { ...defaults, ...overrides };
}

export function minorVersion(version: string): number {
  return Number(version.split('.')[1] ?? 0);
}

/** Whether the machines run sandboxd. */
export function hasSandbox({ workloadIsolation, platform, talosVersion }: Scenario): boolean {
  return workloadIsolation && platform.mode !== 'container' && minorVersion(talosVersion) >= 14;
}

/** Without probes the pod of kube-apiserver is ready as soon as its process lives. */
export function hasApiServerProbes({ apiServerProbes, anonymousProbes, talosVersion }: Scenario): boolean {
  return apiServerProbes && anonymousProbes && minorVersion(talosVersion) >= 14;
}

/** Names in the order in which the nodes get their addresses: `cp-1`, …, `worker-1`, …. */
export function nodeNames(scenario: Scenario): readonly { readonly name: string; readonly role: Role }[] {
  const named = (prefix: string, role: Role, count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `${prefix}-${index + 1}`, role }));
  const workers = scenario.workers + scenario.spareWorkers;
  return [...named('cp', 'controlplane', scenario.controlPlanes), ...named('worker', 'worker', workers)];
}
