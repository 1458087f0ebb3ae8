import type { Snapshot } from '../../src/observe/snapshot.ts';
import type { ReportInput } from '../../src/report/build.ts';
import type { Report } from '../../src/report/model.ts';
import { all, type Fault, onNode, unmet, unreachable, withFaults } from './faults.ts';
import { hostileRounds } from './hostile.ts';
import { reportAfter, reportOf } from './report.ts';
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
  hostile: reportAfter(hostileRounds(), tenMinutes, timedOut),
};
