import { concerns, nodeFacetNames, nodeFacetsFrom } from '../../src/observe/facets/table.ts';
import type { NodeSnapshot, Snapshot } from '../../src/observe/snapshot.ts';
import type { Failure } from '../../src/talos/failure.ts';
import type { EtcdStatus } from '../../src/talos/model/etcd.ts';
import type { StaticPodStatus } from '../../src/talos/model/kubernetes.ts';
import type { MachineStage, Service, UnmetCondition } from '../../src/talos/model/machine.ts';
import { failed, ok, service } from './snapshot.ts';

/** Adds a fault to a snapshot. Faults compose. */
export type Fault = (snapshot: Snapshot) => Snapshot;

export function withFaults(snapshot: Snapshot, ...faults: readonly Fault[]): Snapshot {
  return faults.reduce((before, fault) => fault(before), snapshot);
}

/** Several faults as one. */
export function all(...faults: readonly Fault[]): Fault {
  return (snapshot) => withFaults(snapshot, ...faults);
}

/** Changes the snapshot of one node. */
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

/** Changes the snapshot of every node. */
export function onEveryNode(change: (node: NodeSnapshot) => Partial<NodeSnapshot>): Fault {
  return (snapshot) => ({ ...snapshot, nodes: snapshot.nodes.map((node) => ({ ...node, ...change(node) })) });
}

/** The names of all facets of a node. */
export function facetNames({ node, apiServer }: NodeSnapshot): readonly string[] {
  const own = nodeFacetNames.filter((name) => concerns(name, node.role));
  return [...own, ...(apiServer === undefined ? [] : ['apiServer'])];
}

/** What the etcd of a control plane says of itself. */
export function etcdIs(name: string, changed: Partial<EtcdStatus>): Fault {
  return onNode(name, ({ etcdStatus }) =>
    etcdStatus.ok ? { etcdStatus: ok({ ...etcdStatus.value, ...changed }) } : {},
  );
}

/** One facet could not be read. */
export function facetFailed(node: string, facet: string, failure: Partial<Failure> = {}): Fault {
  return onNode(node, () => ({ [facet]: failed(failure) }));
}

/** The node does not answer at all. */
export function unreachable(
  name: string,
  failure: Partial<Failure> = { kind: 'refused', message: 'connection refused' },
): Fault {
  return onNode(name, ({ apiServer }) => ({
    ...nodeFacetsFrom(() => failed(failure)),
    ...(apiServer !== undefined && { apiServer: failed(failure) }),
  }));
}

export function stage(name: string, is: MachineStage, ...unmetConditions: readonly UnmetCondition[]): Fault {
  return onNode(name, () => ({
    machineStatus: ok({ stage: is, ready: unmetConditions.length === 0, unmetConditions }),
  }));
}

/** A running machine with an unmet condition. */
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

/** Changes the status of one static pod; null removes it. */
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

/** The local etcd hangs: its status and alarms do not answer, but its member list does. */
export function etcdHung(name: string): Fault {
  return onNode(name, () => ({ etcdStatus: failed(), etcdAlarms: failed() }));
}

/** etcd on this node answers, but has no leader, as after a lost quorum. */
export function etcdLeaderless(name: string): Fault {
  return onNode(name, ({ etcdStatus }) => ({
    etcdMembers: failed({ kind: 'other', code: 'UNKNOWN', message: 'etcdserver: no leader' }),
    etcdStatus: ok({
      memberId: etcdStatus.ok ? etcdStatus.value.memberId : '',
      leader: '',
      errors: ['etcdserver: no leader'],
      isLearner: false,
    }),
    etcdAlarms: failed(),
  }));
}

/** etcd on this node is stopped. */
export function etcdStopped(name: string): Fault {
  const refused: Partial<Failure> = { kind: 'other', code: 'UNKNOWN', message: 'connection refused' };
  return (snapshot) =>
    withFaults(
      snapshot,
      serviceIs(name, 'etcd', { state: 'Finished', health: 'unknown', lastEvent: 'Service finished successfully' }),
      onNode(name, () => ({ etcdMembers: failed(refused), etcdStatus: failed(refused), etcdAlarms: failed(refused) })),
    );
}
