import { type Facet, notQueried } from '../../src/observe/facets/facet.ts';
import { concerns, type NodeFacetName, type NodeFacetValue, nodeFacetsFrom } from '../../src/observe/facets/table.ts';
import type { Cluster, ClusterNode, Role } from '../../src/observe/members/cluster.ts';
import type { NodeSnapshot, Snapshot } from '../../src/observe/snapshot.ts';
import type { Failure } from '../../src/talos/failure.ts';
import type { EtcdMember } from '../../src/talos/model/etcd.ts';
import type { StaticPod, StaticPodStatus } from '../../src/talos/model/kubernetes.ts';
import type { Service } from '../../src/talos/model/machine.ts';

/** The time of every snapshot: 2026-01-01 12:00 UTC. */
export const now = Date.UTC(2026, 0, 1, 12);
const MiB = 1024 * 1024;
const hour = 60 * 60 * 1000;

export function ok<T>(value: T): Facet<T> {
  return { ok: true, value, at: now };
}

/** A facet that could not be read, by default because the node behind the endpoint timed out. */
export function failed(failure: Partial<Failure> = {}): {
  readonly ok: false;
  readonly error: Failure;
  readonly at: number;
} {
  const error: Failure = {
    kind: 'timeout',
    layer: 'node',
    code: 'DEADLINE_EXCEEDED',
    message: 'deadline exceeded',
    ...failure,
  };
  return { ok: false, error, at: now };
}

export function service(id: string, overrides: Partial<Service> = {}): Service {
  return {
    id,
    state: 'Running',
    health: 'healthy',
    healthMessage: '',
    lastEvent: 'Health check successful',
    ...overrides,
  };
}

export function staticPod(id: string, overrides: Partial<StaticPod> = {}): StaticPod {
  return {
    id,
    namespace: 'kube-system',
    name: id,
    restartPolicy: 'Always',
    image: `registry.k8s.io/${id}:v1.36.1`,
    probed: false,
    ...overrides,
  };
}

export function staticPodStatus(name: string, node: string, overrides: Partial<StaticPodStatus> = {}): StaticPodStatus {
  return { id: `kube-system/${name}-${node}`, phase: 'Running', ready: true, reason: '', ...overrides };
}

const componentPods = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

/** The n-th etcd member, which runs on the n-th control plane. */
export function etcdMember(n: number, overrides: Partial<EtcdMember> = {}): EtcdMember {
  return { id: `e${n}`, hostname: `cp-${n}`, peerHosts: [`10.0.0.${n}`], isLearner: false, ...overrides };
}

/** `cp-1` has 10.0.0.1, `worker-1` has 10.0.1.1. */
export function clusterNode(role: Role, n: number, overrides: Partial<ClusterNode> = {}): ClusterNode {
  const address = role === 'controlplane' ? `10.0.0.${n}` : `10.0.1.${n}`;
  const name = role === 'controlplane' ? `cp-${n}` : `worker-${n}`;
  return {
    name,
    nodeId: `id of ${name}`,
    nodename: name,
    names: [name],
    address,
    addresses: [address],
    role,
    source: 'discovery',
    apiServerPort: 6443,
    ...overrides,
  };
}

/** The value of each facet of a healthy node. */
const healthy: {
  readonly [K in NodeFacetName]: (node: ClusterNode, members: readonly EtcdMember[]) => NodeFacetValue<K>;
} = {
  version: () => ({ tag: 'v1.14.0', platform: 'metal', mode: 'metal' }),
  identity: ({ nodeId, name }) => nodeId ?? `id of ${name}`,
  machineStatus: () => ({ stage: 'running', ready: true, unmetConditions: [] }),
  services: ({ role }) => {
    const own = role === 'controlplane' ? ['etcd', 'kubelet', 'machined', 'trustd'] : ['kubelet', 'machined'];
    return ['apid', 'containerd', 'cri', ...own].map((id) => service(id));
  },
  memory: () => 8192 * MiB,
  diagnostics: () => [],
  ephemeral: () => ({ phase: 'ready', errorMessage: '', size: 20000 * MiB }),
  volumes: () => [{ id: 'EPHEMERAL', phase: 'ready', errorMessage: '', size: 20000 * MiB }],
  network: () => ({ addressReady: true, connectivityReady: true, hostnameReady: true, etcFilesReady: true }),
  probes: () => [{ id: 'tcp:proxy.example.com:3128', success: true, lastError: '' }],
  links: () => [{ name: 'eth0', isDown: false }],
  timeStatus: () => ({ synced: true, syncDisabled: false }),
  clockError: () => 1,
  time: () => ({ ahead: { least: -10, most: 10 }, aheadOfServer: 2, server: 'time.cloudflare.com' }),
  mounts: () => [{ path: '/var', source: '/dev/sda4', size: 20000 * MiB, available: 10000 * MiB }],
  storage: () => ({ arrays: [], problems: [] }),
  imageCache: () => [{ status: 'ready', copy: 'ready' }],
  kubeSpanPeers: () => [{ id: 'a key', label: 'a machine', state: 'up', lastHandshakeAt: now - 60_000 }],
  siderolink: () => [{ host: 'omni.example.com', connected: true }],
  upgrade: () => ({}),
  rebootRequest: () => [],
  boot: ({ name }) => ({ id: `boot of ${name}` }),
  extensions: () => [
    { name: 'iscsi-tools', version: 'v0.2.0' },
    { name: 'schematic', version: 'c9078f94' },
  ],
  schematic: () => 'c9078f94',
  nodename: ({ name }) => ({ nodename: name, skipNodeRegistration: false }),
  nodeStatuses: ({ name }) => [{ nodename: name, ready: true, unschedulable: false }],
  staticPods: ({ role }) => podsOf(role).map((id) => staticPod(id)),
  staticPodStatuses: ({ role, name }) => podsOf(role).map((id) => staticPodStatus(id, name)),
  kubePrism: () => true,
  kubeletImage: () => 'ghcr.io/siderolabs/kubelet:v1.36.1',
  etcdMembers: (_, members) => members,
  etcdStatus: ({ name }, members) => {
    const own = members.find(({ hostname }) => hostname === name);
    return {
      memberId: own?.id ?? 'unknown',
      leader: members[0]?.id ?? '',
      errors: [],
      isLearner: false,
      database: { size: 40 * MiB, inUse: 25 * MiB },
      raft: { index: 200_000, applied: 200_000 },
      version: '3.6.5',
      storageVersion: '3.6.0',
    };
  },
  etcdQuota: () => ({ bytes: 2048 * MiB, isSet: false }),
  etcdAlarms: () => [],
  disabledComponents: () => [],
};

const podsOf = (role: Role): readonly string[] => (role === 'controlplane' ? componentPods : []);

/** The snapshot of a healthy node. */
export function nodeSnapshot(node: ClusterNode, members: readonly EtcdMember[] = []): NodeSnapshot {
  return {
    node,
    ...nodeFacetsFrom((name) => (concerns(name, node.role) ? ok(healthy[name](node, members)) : notQueried)),
    ...(node.role === 'controlplane' && {
      apiServer: ok({ url: `https://${node.address}:6443/readyz`, status: 200, body: 'ok' }),
      apiServerWay: { address: node.address, port: 6443, talosPort: true, contacted: true },
    }),
  };
}

/** The snapshot of a healthy cluster: by default three control planes and two workers. */
export function healthySnapshot(size: { controlPlanes?: number; workers?: number } = {}): Snapshot {
  const { controlPlanes = 3, workers = 2 } = size;
  const members = numbers(controlPlanes).map((n) => etcdMember(n));
  const nodes = [
    ...numbers(controlPlanes).map((n) => nodeSnapshot(clusterNode('controlplane', n), members)),
    ...numbers(workers).map((n) => nodeSnapshot(clusterNode('worker', n))),
  ];
  const cluster: Cluster = { nodes: nodes.map(({ node }) => node), source: 'discovery', workersKnown: true, notes: [] };
  return {
    at: now,
    cluster,
    discovery: ok(nodes.length),
    endpoints: numbers(controlPlanes).map((n) => ({
      endpoint: `10.0.0.${n}:50000`,
      state: n === 1 ? 'used' : 'standby',
      certificate: { notBefore: now - 6 * hour, notAfter: now + 18 * hour },
    })),
    credentials: { roles: ['os:reader'], notBefore: now - 1000, notAfter: now + 365 * 24 * 60 * 60 * 1000 },
    nodes,
    kubernetes: noKubernetes,
  };
}

/** The Kubernetes API without access to it, as with os:reader. */
export const noKubernetes: Snapshot['kubernetes'] = {
  access: false,
  why: "the talosconfig's role is os:reader and no kubeconfig is given",
  required: false,
};

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
