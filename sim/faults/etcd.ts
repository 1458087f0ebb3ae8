import { etcdId } from '../model/initial.ts';
import type { NodeState } from '../model/node-state.ts';
import { type ClusterState, controlPlanes, findNode, updateNode } from '../model/state.ts';
import { clusterFault, controlPlaneFault, type Fault, type FaultArguments } from './fault.ts';

/** Faults of etcd. Quorum, leader and service health follow from them. */
export const etcdFaults = {
  'etcd-stopped': controlPlaneFault('etcd is stopped.', (node) => withProcess(node, 'stopped')),
  'etcd-hung': controlPlaneFault('etcd runs and does nothing; Talos notices after some 17 s.', (node) =>
    withProcess(node, 'hung'),
  ),
  'etcd-waiting': controlPlaneFault('etcd waits to join.', (node, _args, _state) => withProcess(node, 'waiting')),
  'etcd-member-unseen': controlPlaneFault(
    "A member is missing from this machine's list (member).",
    (node, args, state) => ({
      ...node,
      etcd: { ...node.etcd, unseenMembers: [...node.etcd.unseenMembers, args.member ?? otherMember(state, node.name)] },
    }),
  ),
  'etcd-other-leader': controlPlaneFault(
    'The machine takes another member for the leader (member).',
    (node, args, state) => ({
      ...node,
      etcd: { ...node.etcd, believedLeader: args.member ?? otherMember(state, controlPlanes(state)[0]?.name ?? '') },
    }),
  ),
  'etcd-behind': controlPlaneFault(
    'The member votes and is catching up with the others: that is no fault.',
    (node) => ({
      ...node,
      etcd: { ...node.etcd, behind: 900 },
    }),
  ),
  'etcd-learner': onMember('The member is still a learner.', (state, name) =>
    withMember(state, name, { learner: true }),
  ),
  'etcd-member-removed': onMember(
    'The member was removed from etcd a moment ago; its process still answers.',
    (state, name) => ({
      ...state.etcd,
      members: state.etcd.members.filter((member) => member.name !== name),
    }),
  ),
  'etcd-member-expelled': {
    target: 'control-plane',
    description: 'The member was removed from etcd while its machine lives: its etcd ends whenever it is started.',
    apply: (state, name) => {
      const members = state.etcd.members.filter((member) => member.name !== name);
      const expelled = updateNode(state, name, (node) => withProcess(node, 'removed'));
      return { ...expelled, etcd: { ...state.etcd, members } };
    },
  } satisfies Fault,
  'etcd-cut-off': controlPlaneFault('The member does not reach the others; the machine is well otherwise.', (node) => ({
    ...node,
    etcd: { ...node.etcd, cutOff: true },
  })),
  'etcd-other-name': onMember(
    'The member has another name than its machine (message): that is no fault.',
    (state, name, args) => withMember(state, name, { hostname: args.message ?? 'talos-q3x-8v1' }),
  ),
  'etcd-peer-address': onMember(
    "The peer URL of the member is at an address that is not the machine's alone (address; the virtual one, or 10.0.2.15).",
    (state, name, args) => withMember(state, name, { address: args.address ?? state.vip?.address ?? '10.0.2.15' }),
  ),
  'etcd-stale-member': onMember(
    'A second voting member bears the name of a living control plane: what it was before it was wiped (address).',
    (state, name, args) => {
      const own = findMember(state, name);
      const address = args.address ?? findNode(state, name).addresses.at(-1) ?? own.address;
      const stale = {
        id: etcdId(`${name} before`),
        name: `${name} before`,
        hostname: own.hostname,
        address,
        learner: false,
      };
      return { ...state.etcd, members: [...state.etcd.members, stale] };
    },
  ),
  'etcd-unstarted-member': clusterFault(
    'A voting member was added and has never been started (address).',
    (state, args) => ({
      ...state,
      etcd: {
        ...state.etcd,
        members: [
          ...state.etcd.members,
          { ...extraMember(state, { ...args, member: 'unstarted' }), hostname: '', unstarted: true },
        ],
      },
    }),
  ),
  'control-plane-gone': {
    target: 'control-plane',
    description:
      'The machine was taken out of the cluster in an orderly way and is off; discovery lists it for a while.',
    apply: (state, name) => {
      const members = state.etcd.members.filter((member) => member.name !== name);
      const gone = updateNode(state, name, (node) => ({
        ...node,
        presence: 'dead',
        kubernetes: { ...node.kubernetes, registered: false },
      }));
      return { ...gone, etcd: { ...state.etcd, members } };
    },
  } satisfies Fault,
  'etcd-nearly-full': controlPlaneFault(
    'The database of the member is near its quota (mebibytes; 2000 of 2048).',
    (node, args) => withDatabase(node, args.mebibytes ?? 2000, 0.9),
  ),
  'etcd-fragmented': controlPlaneFault(
    'Most of the database of the member is free space (mebibytes; 900).',
    (node, args) => withDatabase(node, args.mebibytes ?? 900, 0.25),
  ),
  'etcd-lags': controlPlaneFault('The member is far behind the others in the raft log.', (node) => ({
    ...node,
    etcd: { ...node.etcd, behind: 60_000 },
  })),
  'etcd-older-version': controlPlaneFault('The member runs an older etcd (message; 3.5.21).', (node, args) => ({
    ...node,
    etcd: { ...node.etcd, version: args.message ?? '3.5.21', storageVersion: '3.5.0' },
  })),
  'etcd-alarm-nospace': alarm('NOSPACE', "The member's database is full."),
  'etcd-alarm-corrupt': alarm('CORRUPT', "The member's data is corrupt."),
  'etcd-extra-member': clusterFault('etcd has a member that is no control plane (member, address).', (state, args) => ({
    ...state,
    etcd: { ...state.etcd, members: [...state.etcd.members, extraMember(state, args)] },
  })),
  'lost-quorum': clusterFault(
    'As many machines are powered off as take away the quorum of etcd; the first stays.',
    (state) => {
      const all = controlPlanes(state);
      const dead = all.slice(1).slice(-(all.length - Math.floor(all.length / 2)));
      return dead.reduce(
        (current, node) => updateNode(current, node.name, (target) => ({ ...target, presence: 'dead' })),
        state,
      );
    },
  ),
  'etcd-partitioned': clusterFault('The members of etcd do not reach each other; the machines are well.', (state) => ({
    ...state,
    etcd: { ...state.etcd, partitioned: true },
  })),
  'not-bootstrapped': clusterFault('Nobody bootstrapped the cluster: etcd waits on every control plane.', (state) => ({
    ...state,
    etcd: { ...state.etcd, members: [], alarms: [] },
    nodes: state.nodes.map(unbootstrapped),
  })),
} as const;

function withProcess(node: NodeState, state: NodeState['etcd']['state']): NodeState {
  return { ...node, etcd: { ...node.etcd, state } };
}

function withDatabase(node: NodeState, databaseMiB: number, inUse: number): NodeState {
  return { ...node, etcd: { ...node.etcd, databaseMiB, inUseMiB: Math.round(databaseMiB * inUse) } };
}

type Member = ClusterState['etcd']['members'][number];

function onMember(
  description: string,
  change: (state: ClusterState, name: string, args: FaultArguments) => ClusterState['etcd'],
): Fault {
  return {
    target: 'control-plane',
    description,
    apply: (state, name, args) => ({ ...state, etcd: change(state, findNode(state, name).name, args) }),
  };
}

function withMember(state: ClusterState, name: string, changed: Partial<Member>): ClusterState['etcd'] {
  const members = state.etcd.members.map((member) => (member.name === name ? { ...member, ...changed } : member));
  return { ...state.etcd, members };
}

function findMember(state: ClusterState, name: string): Member {
  const found = state.etcd.members.find((member) => member.name === name);
  if (found === undefined) throw new Error(`${name} is no member of etcd in the simulated cluster`);
  return found;
}

function alarm(kind: 'NOSPACE' | 'CORRUPT', description: string): Fault {
  return onMember(description, (state, member) => ({
    ...state.etcd,
    alarms: [...state.etcd.alarms, { member, alarm: kind }],
  }));
}

function otherMember(state: ClusterState, name: string): string {
  return controlPlanes(state).find((node) => node.name !== name)?.name ?? name;
}

function extraMember(state: ClusterState, args: FaultArguments): Member {
  const hostname = args.member ?? 'former-cp';
  const network = state.nodes[0]?.address.split('.').slice(0, 2).join('.') ?? '10.5';
  return {
    id: etcdId(hostname),
    name: hostname,
    hostname,
    address: args.address ?? `${network}.254.9`,
    learner: false,
  };
}

/** Workers wait for a Kubernetes to join; control planes for an etcd to start from. */
function unbootstrapped(node: NodeState): NodeState {
  return {
    ...node,
    stage: node.role === 'controlplane' ? 'booting' : node.stage,
    etcd: { ...node.etcd, state: node.role === 'controlplane' ? 'waiting' : 'none' },
    staticPods: {},
    kubernetes: { ...node.kubernetes, registered: false },
  };
}
