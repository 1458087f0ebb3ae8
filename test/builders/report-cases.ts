import type { ClusterNode } from '../../src/observe/cluster.ts';
import type { Report } from '../../src/report/model.ts';
import { blockNode, clusterNode, clusterNodes, kill, passing, reportOf, spoil, unhealthyReport } from './report.ts';

const five = clusterNodes(3, 2);

function named(nodes: readonly ClusterNode[], name: string): ClusterNode {
  const found = nodes.find((node) => node.name === name);
  if (found === undefined) {
    throw new Error(`no node is called ${name}`);
  }
  return found;
}

function lostQuorum(): Report {
  const hint = (address: string) => ({
    text: 'Look at the service and its log.',
    commands: [`talosctl -n ${address} service etcd`, `talosctl -n ${address} logs etcd`],
  });
  const message = 'etcd is Failed: exit code 1';
  const stopped = ['cp-2', 'cp-3']
    .map((name) => named(five, name))
    .reduce(
      (findings, { name, address }) =>
        spoil(findings, 'etcd-service', name, { status: 'pending', message, hint: hint(address) }),
      passing(five),
    );
  const lost = spoil(stopped, 'etcd-quorum', undefined, {
    status: 'pending',
    message: '1 of 3 voting members agrees on a leader; quorum needs 2',
    hint: {
      text: 'Ensure that at least (N/2)+1 control planes, here 2 of 3, are running and healthy.',
      commands: ['talosctl -n 10.0.0.1,10.0.0.2,10.0.0.3 etcd status'],
    },
  });
  const blocked = ['api-server-ready', 'control-plane-components'].flatMap((check) =>
    ['cp-1', 'cp-2', 'cp-3'].map((name) => ({ check, name })),
  );
  const findings = blocked.reduce(
    (all, { check, name }) =>
      spoil(all, check, name, {
        status: 'blocked',
        message: 'waits for etcd-quorum',
        blockedBy: { check: 'etcd-quorum' },
      }),
    lost,
  );
  return unhealthyReport(five, findings);
}

function cancelled(): Report {
  const booting = spoil(passing(five), 'boot-finished', 'cp-3', { status: 'pending', message: 'booting' });
  const findings = spoil(blockNode(booting, 'cp-3', 'boot-finished'), 'topology', undefined, {
    status: 'warn',
    message: 'endpoint 10.0.1.1:50000 is a worker and does not forward',
    hint: { text: 'Use control planes as endpoints.', commands: [] },
  });
  return reportOf(five, findings, { verdict: 'cancelled', reason: 'SIGTERM', rounds: 9 });
}

function aHundred(): Report {
  const nodes = clusterNodes(3, 97);
  const crashing = spoil(passing(nodes), 'static-pods', 'cp-2', {
    status: 'pending',
    message: 'kube-system/kube-vip is not ready: CrashLoopBackOff: back-off 5m0s restarting failed container',
    hint: { text: 'Read the log of its container.', commands: ['talosctl -n 10.0.0.2 containers -k'] },
  });
  const notReady = spoil(crashing, 'node-ready', 'worker-7', {
    status: 'pending',
    message: 'NotReady',
    hint: {
      text: 'Look at the kubelet and at the node.',
      commands: ['talosctl logs kubelet -n 10.0.1.7', 'kubectl describe node worker-7'],
    },
  });
  return unhealthyReport(nodes, kill(notReady, named(nodes, 'worker-42')));
}

function badInput(): Report {
  return reportOf([], [], {
    options: undefined,
    snapshot: undefined,
    verdict: 'error',
    reason: '2 problems with the input',
    rounds: 0,
    problems: [
      { input: 'wait-timeout', expected: 'a duration such as 10m', got: '"600"', hint: 'did you mean 600s?' },
      { input: 'context', expected: 'one of "prod", "staging"', got: '"prd"' },
    ],
  });
}

/** A text that tries every way out at once. */
export const hostile = [
  'a|b\n</details>\r\n::error::x',
  '##[error]y \u001b[31mred\u001b[0m \u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007',
  '@org/team #12 GH-7 https://evil.example www.evil.example <img src=x> `code` ```',
  '\u202eright to left\u202c zero\u200bwidth ![x](y) **bold** fd00:100:1 $a$',
].join('\u2028');

function hostileReport(): Report {
  const name = `worker-${hostile}`;
  const node = clusterNode(name, hostile, 'worker');
  const nodes = [...clusterNodes(1, 1), node];
  const dead = kill(passing(nodes), node);
  const findings = spoil(dead, 'node-ready', 'worker-1', {
    status: 'warn',
    message: `${hostile} ${'x'.repeat(10_000)}`,
  });
  return unhealthyReport(nodes, findings);
}

/** The reports that have golden files. */
export const cases: Readonly<Record<string, Report>> = {
  healthy: reportOf(five, passing(five)),
  'dead-worker': unhealthyReport(five, kill(passing(five), named(five, 'worker-2'))),
  'lost-quorum': lostQuorum(),
  'bad-input': badInput(),
  cancelled: cancelled(),
  'hundred-nodes': aHundred(),
  hostile: hostileReport(),
};
