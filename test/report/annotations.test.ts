import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotations } from '../../src/report/annotations.ts';
import { changeFinding, clusterNodes, passing, reportOf, unhealthyReport } from '../builders/report.ts';

const nodes = clusterNodes(1, 5);

test('each cause has one annotation, with the cause as its title', () => {
  const findings = changeFinding(passing(nodes), 'services', 'worker-1', {
    status: 'pending',
    message: 'kubelet of worker-1 is Failed',
    hint: { text: 'Read its log.', commands: ['talosctl -n 10.0.1.1 logs kubelet'] },
  });
  assert.deepEqual(annotations(unhealthyReport(nodes, findings)), [
    {
      level: 'error',
      title: 'prod: worker-1: kubelet of worker-1 is Failed',
      message: [
        'readiness: services on worker-1',
        'Read its log.',
        '  talosctl -n 10.0.1.1 logs kubelet --context prod',
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
    found.map(({ level }) => level),
    [...Array(9).fill('error'), 'warning'],
  );
  assert.equal(found[0]?.title, 'prod: the members are known from discovery');
  assert.deepEqual(found.at(-1), {
    level: 'warning',
    title: 'prod: talos-health',
    message: '1 more: see the summary of the job',
  });
});

test('a healthy cluster has only annotations of warnings', () => {
  const findings = changeFinding(passing(nodes), 'topology', undefined, {
    status: 'warn',
    message: 'workers are unknown',
  });
  assert.deepEqual(annotations(reportOf(nodes, findings)), [
    { level: 'warning', title: 'prod: cluster: workers are unknown', message: 'topology: cluster' },
  ]);
});
