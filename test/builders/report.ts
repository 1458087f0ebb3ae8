import type { Stage } from '../../src/checks/check.ts';
import { evaluate } from '../../src/gate/evaluate.ts';
import type { Finding } from '../../src/gate/finding.ts';
import { type History, record } from '../../src/gate/history.ts';
import type { Options } from '../../src/inputs/options.ts';
import { notQueried } from '../../src/observe/facets/facet.ts';
import { nodeFacetsFrom } from '../../src/observe/facets/table.ts';
import type { ClusterNode } from '../../src/observe/members/cluster.ts';
import type { NodeSnapshot, Snapshot } from '../../src/observe/snapshot.ts';
import { buildReport, type ReportInput } from '../../src/report/build.ts';
import { renderJson } from '../../src/report/files/json.ts';
import type { Report } from '../../src/report/model.ts';
import { assertValidReport } from './schema.ts';
import { noKubernetes } from './snapshot.ts';

type Scope = 'cluster' | 'control-plane' | 'node';

/** A small set of checks, enough for every kind of cell. */
const suite: readonly (readonly [check: string, stage: Stage, scope: Scope, message: string])[] = [
  ['credentials', 'connectivity', 'cluster', 'the certificate is accepted (os:reader)'],
  ['topology', 'connectivity', 'cluster', 'the members are known from discovery'],
  ['api-reachable', 'connectivity', 'node', 'the Talos API answers'],
  ['boot-finished', 'readiness', 'node', 'running'],
  ['services', 'readiness', 'node', 'all services run'],
  ['etcd-service', 'etcd', 'control-plane', 'etcd is running and healthy'],
  ['etcd-quorum', 'etcd', 'cluster', '3 of 3 voting members agree on a leader'],
  ['api-server-ready', 'api-server', 'control-plane', 'kube-apiserver is ready'],
  [
    'control-plane-components',
    'control-plane',
    'control-plane',
    'kube-controller-manager and kube-scheduler are ready',
  ],
  ['node-ready', 'nodes', 'node', 'Ready'],
  ['static-pods', 'static-pods', 'node', 'all static pods run'],
];

export function clusterNode(name: string, address: string, role: ClusterNode['role']): ClusterNode {
  return { name, names: [name], address, addresses: [address], role, source: 'discovery', apiServerPort: 6443 };
}

/** `cp-1` at 10.0.0.1 and on, `worker-1` at 10.0.1.1 and on. */
export function clusterNodes(controlPlanes: number, workers: number): ClusterNode[] {
  return [
    ...Array.from({ length: controlPlanes }, (_, index) =>
      clusterNode(`cp-${index + 1}`, `10.0.0.${index + 1}`, 'controlplane'),
    ),
    ...Array.from({ length: workers }, (_, index) =>
      clusterNode(`worker-${index + 1}`, `10.0.${1 + Math.floor(index / 250)}.${(index % 250) + 1}`, 'worker'),
    ),
  ];
}

/** Findings of a cluster in which everything passes, in the order of the checks. */
export function passing(nodes: readonly ClusterNode[]): Finding[] {
  return suite.flatMap(([check, stage, scope, message]): Finding[] => {
    if (scope === 'cluster') {
      return [{ check, stage, status: 'pass', message }];
    }
    return nodes
      .filter(({ role }) => scope === 'node' || role === 'controlplane')
      .map(({ name }) => ({ check, stage, node: name, status: 'pass', message }));
  });
}

/** The same findings with one of them changed. */
export function changeFinding(
  findings: readonly Finding[],
  check: string,
  node: string | undefined,
  change: Partial<Finding>,
): Finding[] {
  return findings.map((finding) =>
    finding.check === check && finding.node === node ? { ...finding, ...change } : finding,
  );
}

/** The same findings, with the passing ones of a node after the given check blocked by that check. */
export function blockNode(findings: readonly Finding[], node: string, check: string): Finding[] {
  const cause = findings.findIndex((finding) => finding.node === node && finding.check === check);
  return findings.map((finding, index) =>
    index > cause && finding.node === node && finding.status === 'pass'
      ? { ...finding, status: 'blocked', message: `waits for ${check}`, blockedBy: { check, node } }
      : finding,
  );
}

/** The findings with a node that does not answer, and its blocked checks. */
export function kill(findings: readonly Finding[], { name, address }: ClusterNode): Finding[] {
  const dead = changeFinding(findings, 'api-reachable', name, {
    status: 'pending',
    message: `${address}:50000 refused the connection`,
    hint: {
      text: 'Check the network, the firewall, and that the Talos API is running on port 50000.',
      commands: [`talosctl -n ${address} version`],
    },
  });
  return blockNode(dead, name, 'api-reachable');
}

export const options: Options = {
  contextName: 'prod',
  title: '',
  context: {
    name: 'prod',
    endpoints: ['10.0.0.1'],
    nodes: [],
    credentials: { kind: 'certificate', ca: 'CA', crt: 'CERTIFICATE', key: 'SECRET KEY' },
  },
  endpoints: [{ host: '10.0.0.1', port: 50000 }],
  controlPlaneNodes: [],
  workerNodes: [],
  nodes: [],
  mode: 'client',
  profile: 'default',
  kubernetes: { use: 'auto' },
  onlyNodes: [],
  policies: new Map(),
  ignoreDiagnostics: [],
  cordoned: 'fail',
  expected: {},
  certificate: { minDays: 14, expiry: 'warn' },
  waitTimeout: 600_000,
  stableFor: 0,
  retryInterval: 5000,
  rpcTimeout: 5000,
  summary: true,
  output: 'text',
  logLines: 0,
};

function nodeSnapshot(node: ClusterNode): NodeSnapshot {
  const version = { ok: true, value: { tag: 'v1.14.0', platform: 'metal', mode: 'metal' }, at: 0 } as const;
  return { node, ...nodeFacetsFrom(() => notQueried), version };
}

/** A snapshot with only the facets that a report reads. */
export function snapshotOf(nodes: readonly ClusterNode[], overrides: Partial<Snapshot> = {}): Snapshot {
  return {
    at: 0,
    cluster: { nodes, source: 'discovery', workersKnown: true, notes: [] },
    discovery: notQueried,
    endpoints: [{ endpoint: '10.0.0.1:50000', state: 'used' }],
    credentials: { roles: ['os:reader'] },
    nodes: nodes.map(nodeSnapshot),
    kubernetes: noKubernetes,
    ...overrides,
  };
}

const startedAt = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A report of these nodes and findings; by default healthy after 800 ms. */
export function reportOf(
  nodes: readonly ClusterNode[],
  findings: readonly Finding[],
  overrides: Partial<ReportInput> = {},
): Report {
  const report = buildReport({
    version: '0.1.0',
    options,
    snapshot: snapshotOf(nodes),
    findings,
    verdict: 'healthy',
    reason: 'every check passed',
    startedAt,
    endedAt: startedAt + 800,
    rounds: 1,
    ...overrides,
  });
  assertValidReport(renderJson(report));
  return report;
}

/**
 * A report of rounds as the gate creates it: each is evaluated and recorded.
 * They are spread evenly over a wait of `duration` milliseconds.
 */
export function reportAfter(
  rounds: readonly Snapshot[],
  duration: number,
  overrides: Partial<ReportInput> = {},
): Report {
  const snapshots = rounds.map((snapshot, index) => ({
    ...snapshot,
    at: startedAt + (index * duration) / rounds.length,
  }));
  const evaluated = snapshots.map((snapshot) => ({
    snapshot,
    findings: evaluate(snapshot, overrides.options ?? options),
  }));
  const history = evaluated.reduce<History | undefined>(
    (before, { snapshot, findings }) => record(before, snapshot.at, findings),
    undefined,
  );
  const last = evaluated.at(-1);
  return reportOf([], last?.findings ?? [], {
    snapshot: last?.snapshot,
    ...(history !== undefined && { history }),
    endedAt: startedAt + duration,
    slowestRound: 240,
    usage: { calls: 7316, sent: 365_800, received: 4_838_000 },
    ...overrides,
  });
}

/** An unhealthy report after a timeout of ten minutes. */
export function unhealthyReport(nodes: readonly ClusterNode[], findings: readonly Finding[]): Report {
  return reportOf(nodes, findings, {
    verdict: 'unhealthy',
    reason: 'not healthy within 10m',
    endedAt: startedAt + 600_000,
    rounds: 118,
  });
}
