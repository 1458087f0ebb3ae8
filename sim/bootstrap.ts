import { controlPlanePods, etcdMember, roleServices } from './model/initial.ts';
import type { NodeState, PodState, ServiceState } from './model/node-state.ts';
import { type Change, type ClusterState, controlPlanes, findNode, updateNode } from './model/state.ts';

/** A change that happens this many milliseconds after the start. */
export interface Step {
  readonly at: number;
  readonly change: Change;
}

const starting: ServiceState = { state: 'Running', health: 'unknown', message: '' };
const preparing: ServiceState = { state: 'Preparing', health: 'unknown', message: 'Running pre state' };

/** How powered-on machines form a cluster: in the order of real ones, in about eight seconds. */
export function bootstrapSteps(state: ClusterState): readonly Step[] {
  const masters = controlPlanes(state).map(({ name }) => name);
  const workers = state.nodes.filter((node) => node.role === 'worker' && !node.spare).map(({ name }) => name);
  const { kubernetes, cni } = state.scenario;
  const steps = [
    ...masters.flatMap((name, index) => bootSteps(name, 200 + index * 100)),
    ...workers.flatMap((name, index) => [...bootSteps(name, 500 + index * 100), runs(2800 + index * 100, name)]),
    ...masters.flatMap((name, index) => etcdSteps(name, 2000 + index * 700, index > 0)),
    ...(kubernetes ? masters.flatMap((name, index) => podSteps(name, 3000 + index * 700)) : []),
    ...(kubernetes ? masters.map((name, index) => registers(4500 + index * 700, name)) : []),
    ...(kubernetes ? workers.map((name, index) => registers(5200 + index * 200, name)) : []),
    ...(cni === 'none' ? [] : [{ at: 7000, change: (current: ClusterState) => ({ ...current, cni: true }) }]),
  ];
  return steps.sort((a, b) => a.at - b.at);
}

export function onNode(at: number, name: string, change: (node: NodeState, state: ClusterState) => NodeState): Step {
  return { at, change: (state) => updateNode(state, name, (node) => change(node, state)) };
}

/** The API is there as soon as apid is; the kubelet comes last, since its image must be pulled. */
export function bootSteps(name: string, start: number): readonly Step[] {
  const withServices = (at: number, ids: readonly string[], unready: Readonly<Record<string, ServiceState>>) =>
    onNode(at, name, (node, state) => {
      const all = roleServices(state.scenario, node.role);
      const started = Object.entries(all).filter(([id]) => ids.includes(id));
      const present = Object.fromEntries(Object.entries(unready).filter(([id]) => id in all));
      return { ...node, presence: 'up', services: { ...Object.fromEntries(started), ...present } };
    });
  const early = ['machined', 'containerd'];
  const later = [...early, 'apid', 'auditd', 'dashboard', 'sandboxd', 'syslogd', 'udevd'];
  return [
    withServices(start, early, { apid: starting }),
    withServices(start + 300, later, { cri: starting, trustd: starting }),
    onNode(start + 500, name, (node) => ({ ...node, discovered: true })),
    withServices(start + 700, [...later, 'cri', 'trustd'], { kubelet: preparing }),
    withServices(start + 1200, [...later, 'cri', 'trustd'], { kubelet: starting }),
    withServices(start + 1500, [...later, 'cri', 'trustd', 'kubelet'], {}),
  ];
}

function runs(at: number, name: string): Step {
  return onNode(at, name, (node) => ({ ...node, stage: 'running' }));
}

/** The first member is there by the bootstrap; the others join as learners and become voters. */
function etcdSteps(name: string, start: number, joins: boolean): readonly Step[] {
  const member = (
    change: (members: ClusterState['etcd']['members'], state: ClusterState) => ClusterState['etcd']['members'],
  ) =>
    ((state) => ({ ...state, etcd: { ...state.etcd, members: change(state.etcd.members, state) } })) satisfies Change;
  return [
    {
      at: start,
      change: member((members, state) => [
        ...members,
        { ...etcdMember(state.scenario, findNode(state, name)), learner: joins },
      ]),
    },
    onNode(start, name, (node) => ({
      ...node,
      etcd: { ...node.etcd, state: 'running' },
      services: { ...node.services, etcd: starting },
    })),
    runs(start, name),
    onNode(start + 600, name, (node) => {
      // from now on its health follows from what it does
      const { etcd: _told, ...services } = node.services;
      return { ...node, services };
    }),
    {
      at: start + 600,
      change: member((members) => members.map((known) => (known.name === name ? { ...known, learner: false } : known))),
    },
  ];
}

/** Talos wants the static pods when etcd is healthy; the kubelet starts them. */
export function podSteps(name: string, start: number): readonly Step[] {
  const pods = (at: number, apiServer: PodState, others: PodState) =>
    onNode(at, name, (node) => ({
      ...node,
      staticPods: Object.fromEntries(
        controlPlanePods.map((pod) => [pod, pod === 'kube-apiserver' ? apiServer : others]),
      ),
    }));
  return [
    pods(start, 'missing', 'missing'),
    pods(start + 200, 'pending', 'pending'),
    pods(start + 600, 'not-ready', 'not-ready'),
    pods(start + 1200, 'ready', 'not-ready'),
    pods(start + 1700, 'ready', 'ready'),
  ];
}

function registers(at: number, name: string): Step {
  return onNode(at, name, (node) => ({ ...node, kubernetes: { ...node.kubernetes, registered: true } }));
}
