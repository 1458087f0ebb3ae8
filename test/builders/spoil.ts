import type { EtcdFacets, NodeSnapshot, Snapshot } from '../../src/observe/snapshot.ts';
import type { Failure } from '../../src/talos/failure.ts';
import type { MachineStage, Service, StaticPodStatus, UnmetCondition } from '../../src/talos/model.ts';
import { failed, ok, service } from './snapshot.ts';

/** A fault: a snapshot in, the same snapshot with the fault out. Faults compose. */
export type Fault = (snapshot: Snapshot) => Snapshot;

export function spoiled(snapshot: Snapshot, ...faults: readonly Fault[]): Snapshot {
  return faults.reduce((before, fault) => fault(before), snapshot);
}

/** Several faults as one. */
export function all(...faults: readonly Fault[]): Fault {
  return (snapshot) => spoiled(snapshot, ...faults);
}

/** Changes what was seen of one node. */
export function onNode(name: string, change: (node: NodeSnapshot) => Partial<NodeSnapshot>): Fault {
  return (snapshot) => {
    if (!snapshot.nodes.some(({ node }) => node.name === name)) {
      throw new Error(`the snapshot has no node ${name}`);
    }
    return {
      ...snapshot,
      nodes: snapshot.nodes.map((node) => (node.node.name === name ? { ...node, ...change(node) } : node)),
    };
  };
}

/** Changes what was seen of every node. */
export function onEveryNode(change: (node: NodeSnapshot) => Partial<NodeSnapshot>): Fault {
  return (snapshot) => ({ ...snapshot, nodes: snapshot.nodes.map((node) => ({ ...node, ...change(node) })) });
}

const facets = [
  'version',
  'identity',
  'machineStatus',
  'services',
  'memory',
  'diagnostics',
  'ephemeral',
  'nodename',
  'nodeStatuses',
  'staticPods',
  'staticPodStatuses',
] as const;
const etcdFacets = ['members', 'status', 'alarms'] as const;

/** Every facet of a node by name, for tests that fail one after the other. */
export function facetNames({ etcd, apiServer }: NodeSnapshot): readonly string[] {
  return [
    ...facets,
    ...(etcd === undefined ? [] : etcdFacets.map((name) => `etcd.${name}`)),
    ...(apiServer === undefined ? [] : ['apiServer']),
  ];
}

/** One facet gives no answer. */
export function facetFailed(node: string, facet: string, failure: Partial<Failure> = {}): Fault {
  return onNode(node, ({ etcd }) =>
    facet.startsWith('etcd.') && etcd !== undefined
      ? { etcd: { ...etcd, [facet.slice('etcd.'.length)]: failed(failure) } }
      : { [facet]: failed(failure) },
  );
}

/** The node does not answer at all. */
export function unreachable(
  name: string,
  failure: Partial<Failure> = { kind: 'refused', message: 'connection refused' },
): Fault {
  return onNode(name, (node) => ({
    ...Object.fromEntries(facets.map((facet) => [facet, failed(failure)])),
    ...(node.etcd === undefined
      ? {}
      : { etcd: { members: failed(failure), status: failed(failure), alarms: failed(failure) } }),
    ...(node.apiServer === undefined ? {} : { apiServer: failed(failure) }),
  }));
}

export function stage(name: string, is: MachineStage, ...unmetConditions: readonly UnmetCondition[]): Fault {
  return onNode(name, () => ({
    machineStatus: ok({ stage: is, ready: unmetConditions.length === 0, unmetConditions }),
  }));
}

/** A running machine that Talos holds back. */
export function unmet(name: string, condition: string, reason: string): Fault {
  return stage(name, 'running', { name: condition, reason });
}

/** Changes one service, or adds it. */
export function serviceIs(name: string, id: string, overrides: Partial<Service>): Fault {
  return onNode(name, ({ services }) => {
    const others = services.ok ? services.value.filter((other) => other.id !== id) : [];
    return { services: ok([...others, service(id, overrides)]) };
  });
}

export function withoutService(name: string, id: string): Fault {
  return onNode(name, ({ services }) => ({
    services: ok(services.ok ? services.value.filter((other) => other.id !== id) : []),
  }));
}

/** Changes the status of one static pod; null takes it away. */
export function podIs(name: string, pod: string, overrides: Partial<StaticPodStatus> | null): Fault {
  return onNode(name, ({ staticPodStatuses }) => ({
    staticPodStatuses: ok(
      (staticPodStatuses.ok ? staticPodStatuses.value : []).flatMap((status) => {
        if (!status.id.startsWith(`kube-system/${pod}-`)) {
          return [status];
        }
        return overrides === null ? [] : [{ ...status, ...overrides }];
      }),
    ),
  }));
}

/** Changes what etcd says on one control plane. */
export function etcdIs(name: string, change: (etcd: EtcdFacets) => Partial<EtcdFacets>): Fault {
  return onNode(name, ({ etcd }) => {
    if (etcd === undefined) {
      throw new Error(`${name} is no control plane`);
    }
    return { etcd: { ...etcd, ...change(etcd) } };
  });
}

/** The local etcd hangs: its status and alarms give no answer, its member list does. */
export function etcdHung(name: string): Fault {
  return etcdIs(name, () => ({ status: failed(), alarms: failed() }));
}

/** etcd on this node answers, but has nobody to follow: as it reads where quorum is lost. */
export function etcdLeaderless(name: string): Fault {
  return etcdIs(name, ({ status }) => ({
    members: failed({ kind: 'other', code: 'UNKNOWN', message: 'etcdserver: no leader' }),
    status: ok({
      memberId: status.ok ? status.value.memberId : '',
      leader: '',
      errors: ['etcdserver: no leader'],
      isLearner: false,
    }),
    alarms: failed(),
  }));
}

/** etcd on this node is stopped. */
export function etcdStopped(name: string): Fault {
  const refused: Partial<Failure> = { kind: 'other', code: 'UNKNOWN', message: 'connection refused' };
  return (snapshot) =>
    spoiled(
      snapshot,
      serviceIs(name, 'etcd', { state: 'Finished', health: 'unknown', lastEvent: 'Service finished successfully' }),
      etcdIs(name, () => ({ members: failed(refused), status: failed(refused), alarms: failed(refused) })),
    );
}
