import { createHash } from 'node:crypto';
import { healthyEquipment } from './equipment.ts';
import type { NodeState, PodState, Role, ServiceState } from './node-state.ts';
import { hasSandbox, nodeNames, type Scenario } from './scenario.ts';
import type { ClusterState, EtcdMemberState } from './state.ts';

const healthy: ServiceState = { state: 'Running', health: 'healthy', message: '' };
/** The console's dashboard has no health check. */
const unchecked: ServiceState = { state: 'Running', health: 'unknown', message: '' };

/** The static pods of a control plane, in the order in which Talos renders them. */
export const controlPlanePods = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** A healthy cluster. `addresses` are by node name, `vip` is that of the control plane. */
export function runningCluster(scenario: Scenario, addresses: ReadonlyMap<string, string>, vip?: string): ClusterState {
  const members = scenario.controlPlanes + scenario.workers;
  const nodes = nodeNames(scenario).map(({ name, role }, index) => {
    const node = runningNode(scenario, name, role, addresses.get(name) ?? name);
    return index < members ? node : takenBack(node);
  });
  const masters = nodes.filter((node) => node.role === 'controlplane');
  return {
    scenario,
    nodes,
    etcd: {
      members: masters.map((node) => etcdMember(scenario, node)),
      alarms: [],
      partitioned: false,
    },
    ...(vip === undefined ? {} : { vip: { address: vip, turn: masters.map(({ name }) => name) } }),
    answeredBy: {},
    attempt: false,
    kubeSpan: scenario.kubeSpan,
    cni: scenario.cni !== 'none',
    kubernetes: {
      kubeProxy: scenario.kubeProxy,
      coreDns: scenario.coreDns ? 'ready' : 'off',
      coreDnsBudget: false,
      strangers: [],
      access: 'granted',
      forgetful: false,
    },
    omni: {},
  };
}

/** The same cluster, powered off. */
export function poweredOffCluster(
  scenario: Scenario,
  addresses: ReadonlyMap<string, string>,
  vip?: string,
): ClusterState {
  const running = runningCluster(scenario, addresses, vip);
  return {
    ...running,
    cni: false,
    etcd: { members: [], alarms: [], partitioned: false },
    nodes: running.nodes.map((node) => (node.spare ? node : poweredOff(node))),
  };
}

function poweredOff(node: NodeState): NodeState {
  return {
    ...node,
    presence: 'dead',
    stage: 'booting',
    discovered: false,
    services: {},
    etcd: { ...node.etcd, state: node.role === 'controlplane' ? 'waiting' : 'none' },
    staticPods: {},
    kubernetes: { ...node.kubernetes, registered: false },
  };
}

export function etcdMember(scenario: Scenario, node: NodeState): EtcdMemberState {
  const hostname = machineName(scenario, 'etcd', node.name);
  return { id: etcdId(node.name), name: node.name, hostname, address: node.address, learner: false };
}

function machineName({ qualified, domain }: Scenario, kind: Scenario['qualified'][number], name: string): string {
  return qualified.includes(kind) ? `${name}.${domain}` : name;
}

/** 32 bytes that stay the same from run to run; Talos's are random. */
export function nodeId(name: string): string {
  return createHash('sha256').update(`identity of ${name}`).digest('base64url').replaceAll(/[-_]/g, '0');
}

/** 64 bits that stay the same from run to run; etcd hashes peer URLs and the time. */
export function etcdId(name: string): bigint {
  return createHash('sha256').update(`etcd member ${name}`).digest().readBigUInt64BE();
}

/** The services that a machine of this role runs, etcd apart. */
export function roleServices(scenario: Scenario, role: Role): Readonly<Record<string, ServiceState>> {
  const metal = { auditd: healthy, dashboard: unchecked, syslogd: healthy, udevd: healthy };
  return {
    apid: healthy,
    containerd: healthy,
    cri: healthy,
    ...(scenario.kubernetes ? { kubelet: healthy } : {}),
    machined: healthy,
    ...(hasSandbox(scenario) ? { sandboxd: healthy } : {}),
    ...(role === 'controlplane' ? { trustd: healthy } : {}),
    ...(scenario.platform.mode === 'container' ? {} : metal),
  };
}

/** The static pods that a machine of this role wants. */
function rolePods(scenario: Scenario, role: Role, state: PodState): Readonly<Record<string, PodState>> {
  if (role === 'worker' || !scenario.kubernetes) return {};
  return Object.fromEntries(controlPlanePods.map((pod) => [pod, state]));
}

/** A machine outside of the cluster that no member knows. */
export function takenBack(node: NodeState): NodeState {
  const kubernetes = { ...node.kubernetes, registered: false };
  return { ...node, spare: true, presence: 'dead', discovered: false, kubernetes };
}

export function runningNode(scenario: Scenario, name: string, role: Role, address: string): NodeState {
  return {
    name,
    nodeId: nodeId(name),
    hostname: machineName(scenario, 'hostname', name),
    nodename: machineName(scenario, 'nodename', name),
    role,
    address,
    addresses: scenario.sharedAddress === '' ? [address] : [address, scenario.sharedAddress],
    spare: false,
    presence: 'up',
    upgrade: {},
    boots: 1,
    rebootRequested: false,
    extensions: scenario.extensions,
    schematic: scenario.schematic,
    latency: 0,
    apidStarting: false,
    stage: 'running',
    discovered: true,
    services: roleServices(scenario, role),
    etcd: {
      state: role === 'controlplane' ? 'running' : 'none',
      cutOff: false,
      unseenMembers: [],
      databaseMiB: 4,
      inUseMiB: 2,
      behind: 0,
      version: '3.6.5',
      storageVersion: '3.6.0',
    },
    unmet: [],
    notReadyWithoutReason: false,
    memoryMiB: scenario.memoryMiB,
    ephemeral: { phase: 'ready', sizeMiB: scenario.ephemeralMiB, error: '' },
    equipment: healthyEquipment,
    diagnostics: [],
    kubernetes: {
      registered: scenario.kubernetes,
      unseenByTalos: false,
      kubeletGone: false,
      pressure: [],
      unschedulable: false,
      kubeProxyReady: true,
      lonelyPod: false,
    },
    staticPods: rolePods(scenario, role, 'ready'),
    disabledComponents: [],
    apiServer: { failingParts: [], unnoticedParts: [], port: 'open' },
    kubePrism: 'on',
    unsupportedTypes: [],
    yamlOnlyTypes: [],
  };
}
