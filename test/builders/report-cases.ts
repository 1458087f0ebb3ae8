import type { Options } from '../../src/inputs/options.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import type { ReportInput } from '../../src/report/build.ts';
import type { Report } from '../../src/report/model.ts';
import { all, type Fault, onNode, serviceIs, stage, unmet, unreachable, withFaults } from './faults.ts';
import { hostileRounds } from './hostile.ts';
import { withKubernetes } from './kubernetes.ts';
import { options, reportAfter, reportOf } from './report.ts';
import { apiServersStarting, endpointsAre, lostQuorum, notBootstrapped, withoutCni } from './scenarios.ts';
import { singleFaults } from './single-faults.ts';
import { healthySnapshot, ok, staticPod } from './snapshot.ts';

function fault(name: string): Fault {
  const found = singleFaults.find((single) => single.name === name);
  if (found === undefined) {
    throw new Error(`no fault is called ${name}`);
  }
  return found.fault;
}

const cluster = (...faults: readonly Fault[]): Snapshot => withFaults(healthySnapshot(), ...faults);

const tenMinutes = 600_000;

/** Unhealthy at the deadline. */
const timedOut: Partial<ReportInput> = {
  verdict: 'unhealthy',
  reason: 'after waiting for 10m',
  rounds: 118,
};

function bootstrap(): Report {
  const rounds = [
    cluster(notBootstrapped),
    cluster(notBootstrapped),
    cluster(apiServersStarting),
    cluster(withoutCni),
    cluster(),
  ];
  return reportAfter(rounds, 75_000, { verdict: 'healthy', reason: '', rounds: 15 });
}

function aHundred(): Report {
  const faults = [
    all(
      onNode('cp-2', ({ staticPods }) => ({
        staticPods: ok([...(staticPods.ok ? staticPods.value : []), staticPod('kube-vip')]),
      })),
      unmet('cp-2', 'staticPods', 'kube-system/kube-vip-cp-2 not ready'),
    ),
    onNode('worker-7', () => ({ nodeStatuses: ok([{ nodename: 'worker-7', ready: false, unschedulable: false }]) })),
    unreachable('worker-42'),
  ];
  return reportAfter([withFaults(healthySnapshot({ workers: 97 }), ...faults)], tenMinutes, timedOut);
}

function badInput(): Report {
  return reportOf([], [], {
    options: undefined,
    snapshot: undefined,
    verdict: 'error',
    reason: '2 problems',
    rounds: 0,
    problems: [
      { input: 'wait-timeout', expected: 'a duration such as 10m', got: '"600"', hint: 'did you mean 600s?' },
      { input: 'context', expected: 'one of "prod", "staging"', got: '"prd"' },
    ],
  });
}

const names = (first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `worker-${first + index}`);

/** 300 of a thousand nodes, for four reasons. */
function threeHundredOfAThousand(): Report {
  const faults = [
    ...names(1, 250).map((name) =>
      serviceIs(name, 'kubelet', { state: 'Failed', health: 'unknown', lastEvent: 'Failed to run pre stage' }),
    ),
    ...names(251, 297).map((name) => unreachable(name)),
    ...names(298, 299).map((name) => stage(name, 'booting')),
    fault('etcd stopped'),
  ];
  return reportAfter([withFaults(healthySnapshot({ workers: 997 }), ...faults)], tenMinutes, timedOut);
}

const upgraded = (...nodes: readonly string[]): Fault =>
  all(
    ...nodes.map((name) => onNode(name, () => ({ version: ok({ tag: 'v1.14.1', platform: 'metal', mode: 'metal' }) }))),
  );

/** The command has upgraded two workers, and one of them has not come back. */
function guarded(): Report {
  const before = reportAfter([cluster()], 800, { verdict: 'healthy', reason: '', rounds: 1 });
  const command = { ran: true, exitCode: 0, startedAt: before.endedAt, endedAt: before.endedAt + 222_000 } as const;
  const after = cluster(upgraded('worker-1', 'worker-2'), fault("worker's kubelet failed"));
  return { ...reportAfter([after], tenMinutes, timedOut), command, before };
}

/** Some nodes, some stages, some checks. */
function scoped(): Report {
  const limits: Options = {
    ...options,
    onlyNodes: ['cp-1', 'cp-2', 'cp-3'],
    policies: new Map([['memory', { policy: 'skip', input: 'checks', by: 'the input checks' }]]),
  };
  return reportAfter([cluster()], 800, { options: limits, verdict: 'healthy', reason: '', rounds: 1 });
}

/** A control plane has no name in common with the nodes of Kubernetes, a worker has little memory; both are tolerated. */
function warnings(): Report {
  const limits: Options = {
    ...options,
    policies: new Map([
      ['memory', { policy: 'warn', input: 'checks', by: 'the input checks' }],
      ['node-schedulable', { policy: 'warn', input: 'checks', by: 'the input checks' }],
    ]),
  };
  return reportAfter([cluster(fault('not enough memory'), fault('cordoned'))], 800, {
    options: limits,
    verdict: 'healthy',
    reason: '',
    rounds: 1,
  });
}

/** Independent faults, some of them from the start of the wait; with access to Kubernetes. */
function manyCauses(): Report {
  const healthy = withKubernetes(healthySnapshot());
  const faults = [fault('etcd hung, and still healthy in Talos'), fault("worker's kubelet failed")];
  const later = [
    ...faults,
    fault('time not synchronised'),
    fault('scheduler crashes'),
    fault('one of two CoreDNS pods missing'),
  ];
  const rounds = [withFaults(healthy, ...faults), withFaults(healthy, ...later), withFaults(healthy, ...later)];
  return reportAfter(rounds, tenMinutes, timedOut);
}

/** Nodes whose names are of sixty characters. */
function longNames(): Report {
  const long = <T extends { readonly name: string }>(node: T): T => ({
    ...node,
    name: `${node.name}.machines.eu-central-1.compute.internal.example.com`,
  });
  const { nodes, cluster: members, ...rest } = cluster(fault('dead worker'), fault('etcd stopped'));
  const snapshot = {
    ...rest,
    cluster: { ...members, nodes: members.nodes.map(long) },
    nodes: nodes.map((one) => ({ ...one, node: long(one.node) })),
  };
  return reportAfter([snapshot], tenMinutes, timedOut);
}

const cannotRecover: Partial<ReportInput> = { verdict: 'error', reason: 'waiting cannot help', rounds: 1 };

/**
 * The sources of the frozen reports in test/fixtures/reports, which are created anew when the model changes: current
 * checks and diagnosis on snapshots with faults. Renderers are tested with the frozen reports.
 */
export const recipes: Readonly<Record<string, Report>> = {
  healthy: reportAfter([cluster()], 800, { verdict: 'healthy', reason: '', rounds: 1 }),
  bootstrap: bootstrap(),
  'dead-worker': reportAfter(
    [cluster(), cluster(fault('dead worker')), cluster(fault('dead worker'))],
    tenMinutes,
    timedOut,
  ),
  'dead-control-plane': reportAfter([cluster(fault('dead control plane'))], tenMinutes, timedOut),
  'lost-quorum': reportAfter([cluster(unreachable('cp-2')), cluster(lostQuorum), cluster(lostQuorum)], tenMinutes, {
    ...timedOut,
    logs: [{ node: 'cp-1', service: 'etcd', lines: ['{"level":"warn","msg":"lost the TCP streaming connection"}'] }],
  }),
  'cni-missing': reportAfter([cluster(apiServersStarting), cluster(withoutCni)], tenMinutes, timedOut),
  'wrong-ca': reportAfter([cluster(fault('talosconfig of another cluster'))], tenMinutes, timedOut),
  'worker-endpoint': reportAfter(
    [cluster(endpointsAre({ endpoint: '10.0.1.1:50000', state: 'worker' }))],
    400,
    cannotRecover,
  ),
  'two-faults': reportAfter([cluster(fault('etcd stopped'), fault("worker's kubelet failed"))], tenMinutes, timedOut),
  cancelled: reportAfter([cluster(fault('booting worker'))], 9000, {
    verdict: 'cancelled',
    reason: 'what is known so far follows',
    rounds: 2,
  }),
  'hundred-nodes': aHundred(),
  'bad-input': badInput(),
  guarded: guarded(),
  scoped: scoped(),
  warnings: warnings(),
  'many-causes': manyCauses(),
  'long-names': longNames(),
  hostile: reportAfter(hostileRounds(), tenMinutes, timedOut),
};

/** Too large to be frozen. */
export const large: Readonly<Record<string, () => Report>> = {
  'thousand-healthy': () =>
    reportAfter([healthySnapshot({ workers: 997 })], 9200, { verdict: 'healthy', reason: '', rounds: 1 }),
  'thousand-nodes': threeHundredOfAThousand,
};
