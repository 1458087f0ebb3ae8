import { createHash } from 'node:crypto';
import {
  EtcdMemberSpecSchema,
  EtcdSpecSpecSchema,
  InfoSpecSchema,
  MachineType,
  MemberSpecSchema,
} from '../gen/talos/resource/definitions/definitions_pb.ts';
import type { ClusterState, NodeState } from '../model/state.ts';
import { content, type ResourceContent } from './content.ts';
import { types } from './types.ts';

/** What every machine knows of the cluster: the same for all, and as much as there are nodes. */
export function clusterResources(state: ClusterState): readonly ResourceContent[] {
  const members = state.scenario.discovery ? state.nodes.filter((node) => node.discovered) : [];
  return [...members.map((node) => member(state, node)), info(state)];
}

function member({ scenario }: ClusterState, node: NodeState): ResourceContent {
  const controlPlane = node.role === 'controlplane';
  const apiServer = controlPlane && scenario.kubernetes;
  const nodeId = createHash('sha256').update(`identity of ${node.name}`).digest('base64url');
  const operatingSystem = `Talos (${scenario.talosVersion})`;
  return content(
    types.member,
    node.name,
    MemberSpecSchema,
    {
      nodeId,
      addresses: [{ ip: addressBytes(node.address) }],
      hostname: node.name,
      machineType: controlPlane ? MachineType.TYPE_CONTROL_PLANE : MachineType.TYPE_WORKER,
      operatingSystem,
      ...(apiServer ? { controlPlane: { apiServerPort: 6443n } } : {}),
    },
    {
      nodeId,
      addresses: [node.address],
      hostname: node.name,
      machineType: node.role,
      operatingSystem,
      ...(apiServer ? { controlPlane: { port: 6443 } } : {}),
    },
  );
}

function info({ scenario }: ClusterState): ResourceContent {
  const clusterId = createHash('sha256').update(`cluster ${scenario.clusterName}`).digest('base64');
  const { clusterName } = scenario;
  return content(types.info, 'current', InfoSpecSchema, { clusterId, clusterName }, { clusterId, clusterName });
}

/** What a machine knows of its own etcd. */
export function etcdResources(state: ClusterState, node: NodeState): readonly ResourceContent[] {
  if (node.etcd.state === 'none') return [];
  const spec = content(
    types.etcdSpec,
    'etcd',
    EtcdSpecSpecSchema,
    { name: node.name, advertisedAddresses: [{ ip: addressBytes(node.address) }] },
    {
      name: node.name,
      advertisedAddresses: [node.address],
      listenPeerAddresses: ['0.0.0.0'],
      listenClientAddresses: ['0.0.0.0'],
      image: 'registry.k8s.io/etcd:v3.6.5',
      extraArgs: {},
    },
  );
  const own = state.etcd.members.find(({ hostname }) => hostname === node.name);
  if (own === undefined) return [spec];
  const memberId = own.id.toString(16).padStart(16, '0');
  return [spec, content(types.etcdMember, 'local', EtcdMemberSpecSchema, { memberId }, { memberID: memberId })];
}

/** The four bytes of an IPv4 address; the simulated nodes have no other. */
export function addressBytes(address: string): Uint8Array {
  return Uint8Array.from(address.split('.'), Number);
}
