import { createHash } from 'node:crypto';
import {
  EtcdMemberSpecSchema,
  EtcdSpecSpecSchema,
  IdentitySpecSchema,
  InfoSpecSchema,
  MachineType,
  MemberSpecSchema,
} from '../gen/talos/resource/definitions/definitions_pb.ts';
import { listedAddresses } from '../model/addresses.ts';
import { membersKnownTo } from '../model/discovery.ts';
import type { NodeState } from '../model/node-state.ts';
import { minorVersion } from '../model/scenario.ts';
import { type ClusterState, talosVersionOf } from '../model/state.ts';
import { content, type ResourceContent } from './content.ts';
import { types } from './types.ts';

const known = new WeakMap<ClusterState, Map<NodeState, ResourceContent>>();

/** Who is in the cluster, as this machine's discovery has it. The contents are the same for all who list them. */
export function memberResources(state: ClusterState, viewer: NodeState): readonly ResourceContent[] {
  const contents = known.get(state) ?? new Map<NodeState, ResourceContent>();
  known.set(state, contents);
  return membersKnownTo(state, viewer).map((node) => {
    const one = contents.get(node) ?? member(state, node, node.formerNodeId ?? node.nodeId);
    contents.set(node, one);
    return one;
  });
}

function member(state: ClusterState, node: NodeState, nodeId: string): ResourceContent {
  const { scenario } = state;
  const controlPlane = node.role === 'controlplane';
  const apiServer = controlPlane && scenario.kubernetes;
  const { hostname } = node;
  const addresses = listedAddresses(state, node);
  const operatingSystem = `Talos (${talosVersionOf(state, node)})`;
  return content(
    types.member,
    node.nodename,
    MemberSpecSchema,
    {
      nodeId,
      addresses: addresses.map((address) => ({ ip: addressBytes(address) })),
      hostname,
      machineType: controlPlane ? MachineType.TYPE_CONTROL_PLANE : MachineType.TYPE_WORKER,
      operatingSystem,
      ...(apiServer ? { controlPlane: { apiServerPort: 6443n } } : {}),
    },
    {
      nodeId,
      addresses,
      hostname,
      machineType: node.role,
      operatingSystem,
      ...(apiServer ? { controlPlane: { port: 6443 } } : {}),
    },
  );
}

/** Who the machine is, as it says itself. */
export function identity({ nodeId }: NodeState): ResourceContent {
  return content(types.identity, 'local', IdentitySpecSchema, { nodeId }, { nodeId });
}

export function info({ scenario }: ClusterState): ResourceContent {
  const clusterId = createHash('sha256').update(`cluster ${scenario.clusterName}`).digest('base64');
  const { clusterName } = scenario;
  return content(types.info, 'current', InfoSpecSchema, { clusterId, clusterName }, { clusterId, clusterName });
}

/** What a machine knows of its own etcd. */
export function etcdResources(state: ClusterState, node: NodeState): readonly ResourceContent[] {
  if (node.etcd.state === 'none') return [];
  const own = state.etcd.members.find((member) => member.name === node.name);
  // the name with which it would join today, which need not be the one with which it did
  const [name = ''] = node.hostname.split('.');
  const extraArgs = etcdArguments(state, node);
  const spec = content(
    types.etcdSpec,
    'etcd',
    EtcdSpecSpecSchema,
    { name, advertisedAddresses: [{ ip: addressBytes(node.address) }], ...extraArgs.proto },
    {
      name,
      advertisedAddresses: [node.address],
      listenPeerAddresses: ['0.0.0.0'],
      listenClientAddresses: ['0.0.0.0'],
      image: `registry.k8s.io/etcd:v${node.etcd.version}`,
      extraArgs: extraArgs.yaml,
    },
  );
  if (own === undefined) return [spec];
  const memberId = own.id.toString(16).padStart(16, '0');
  return [spec, content(types.etcdMember, 'local', EtcdMemberSpecSchema, { memberId }, { memberID: memberId })];
}

/** Before Talos 1.13 each argument is one text, in another field. */
function etcdArguments(state: ClusterState, node: NodeState) {
  const { quotaMiB } = node.etcd;
  if (quotaMiB === undefined) return { proto: {}, yaml: {} };
  const value = String(quotaMiB * 1024 ** 2);
  const several = { 'quota-backend-bytes': { values: [value] } };
  const single = { 'quota-backend-bytes': value };
  return minorVersion(talosVersionOf(state, node)) >= 13
    ? { proto: { extraArgs: several }, yaml: several }
    : { proto: { singleExtraArgs: single }, yaml: single };
}

/** The four bytes of an IPv4 address; the simulated nodes have no other. */
export function addressBytes(address: string): Uint8Array {
  return Uint8Array.from(address.split('.'), Number);
}
