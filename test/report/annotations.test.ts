import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotations } from '../../src/report/annotations.ts';
import { changeFinding, clusterNodes, passing, reportOf, unhealthyReport } from '../builders/report.ts';

const nodes = clusterNodes(1, 5);

test('each check has one annotation, also if its findings differ', () => {
  const findings = ['worker-1', 'worker-2', 'worker-3', 'worker-4', 'worker-5'].reduce(
    (all, node) =>
      changeFinding(all, 'services', node, {
        status: 'pending',
        message: `kubelet of ${node} is Failed`,
        hint: { text: 'Read its log.', commands: [] },
      }),
    passing(nodes),
  );
  assert.deepEqual(annotations(unhealthyReport(nodes, findings)), [
    {
      level: 'error',
      title: 'services: worker-1, worker-2, worker-3 and 2 more',
      message: [
        'worker-1: kubelet of worker-1 is Failed',
        'Read its log.',
        'worker-2: kubelet of worker-2 is Failed',
        'Read its log.',
        'worker-3: kubelet of worker-3 is Failed',
        'Read its log.',
        'and 2 more causes of this check',
      ].join('\n'),
    },
  ]);
});

test('errors come before warnings, at most nine, then the number of the rest', () => {
  const findings = passing(nodes)
    .filter(({ node }) => node === undefined || node === 'cp-1')
    .map((finding, index) => ({ ...finding, status: index === 0 ? ('warn' as const) : ('pending' as const) }));
  const found = annotations(unhealthyReport(nodes, findings));
  assert.equal(findings.length, 11);
  assert.deepEqual(
    found.map(({ level, title }) => `${level} ${title}`),
    [
      'error topology: cluster',
      'error api-reachable: cp-1',
      'error boot-finished: cp-1',
      'error services: cp-1',
      'error etcd-service: cp-1',
      'error etcd-quorum: cluster',
      'error api-server-ready: cp-1',
      'error control-plane-components: cp-1',
      'error node-ready: cp-1',
      'error talos-health',
    ],
  );
  assert.equal(found.at(-1)?.message, '2 more: see the summary of the job');
});

test('a healthy cluster has only annotations of warnings', () => {
  const findings = changeFinding(passing(nodes), 'topology', undefined, {
    status: 'warn',
    message: 'workers are unknown',
  });
  assert.deepEqual(annotations(reportOf(nodes, findings)), [
    { level: 'warning', title: 'topology: cluster', message: 'cluster: workers are unknown' },
  ]);
});
