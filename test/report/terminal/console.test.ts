import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../../src/report/model.ts';
import { inColour, withoutColour } from '../../../src/report/terminal/colour.ts';
import { finalText, shortText } from '../../../src/report/terminal/console.ts';
import { hostile } from '../../builders/hostile.ts';
import { clusterNodes, kill, passing, reportOf, unhealthyReport } from '../../builders/report.ts';
import { reportFixtures } from '../../builders/report-fixtures.ts';

const nodes = clusterNodes(1, 1);
const [, worker] = nodes;
assert.ok(worker);
const dead = unhealthyReport(nodes, kill(passing(nodes), worker));
const plain = { groups: false, paint: withoutColour };
const grouped = { groups: true, paint: withoutColour };

test('output for a runner has one group per stage with all its findings', () => {
  const text = finalText(dead, grouped);
  const lines = text.split('\n');
  assert.deepEqual(lines.slice(0, lines.lastIndexOf('::endgroup::') + 2), [
    '::group::❌ connectivity: 1 failing, 3 pass',
    '   ❌ api-reachable: worker-1: 10.0.1.1:50000 refused the connection',
    '   ✅ credentials: cluster',
    '   ✅ topology: cluster',
    '   ✅ api-reachable: cp-1',
    '::endgroup::',
    '::group::⛔ readiness: 2 blocked, 2 pass',
    '   ⛔ blocked by api-reachable: worker-1 (2 checks)',
    '   ✅ boot-finished: cp-1',
    '   ✅ services: cp-1',
    '::endgroup::',
    '::group::✅ etcd: 2 pass',
    '   ✅ etcd-service: cp-1',
    '   ✅ etcd-quorum: cluster',
    '::endgroup::',
    '::group::✅ api-server: 1 pass',
    '   ✅ api-server-ready: cp-1',
    '::endgroup::',
    '::group::✅ control-plane: 1 pass',
    '   ✅ control-plane-components: cp-1',
    '::endgroup::',
    '::group::⛔ nodes: 1 blocked, 1 pass',
    '   ⛔ blocked by api-reachable: worker-1 (1 check)',
    '   ✅ node-ready: cp-1',
    '::endgroup::',
    '::group::⛔ static-pods: 1 blocked, 1 pass',
    '   ⛔ blocked by api-reachable: worker-1 (1 check)',
    '   ✅ static-pods: cp-1',
    '::endgroup::',
    '',
  ]);
});

const fixtures = reportFixtures();
for (const [name, report] of Object.entries(fixtures)) {
  test(`${name}: groups are closed and not nested, and there is no other command`, () => {
    const logs = [{ node: hostile, service: hostile, lines: [hostile, '::endgroup::', '##[endgroup]'] }];
    let open = 0;
    for (const line of finalText({ ...report, logs }, grouped)
      .trimEnd()
      .split('\n')) {
      if (line.startsWith('::group::')) {
        open += 1;
      } else if (line === '::endgroup::') {
        open -= 1;
      } else {
        assert.doesNotMatch(line, /^\s*::/);
      }
      assert.doesNotMatch(line, /##\[|[\p{Cc}\u2028\u2029]/u);
      assert.ok(open === 0 || open === 1, line);
    }
    assert.equal(open, 0);
  });
}

const { 'bad-input': badInput } = fixtures;
assert.ok(badInput);
const quiet: readonly (readonly [name: string, report: Report, lines: readonly string[]])[] = [
  ['healthy', reportOf(nodes, passing(nodes), { reason: '' }), ['✅ prod: healthy']],
  [
    'not healthy',
    dead,
    [
      '❌ prod: not healthy: worker-1: 10.0.1.1:50000 refused the connection, not healthy within 10m',
      '❌ connectivity: worker-1: 10.0.1.1:50000 refused the connection',
    ],
  ],
  [
    'bad input',
    badInput,
    [
      '❌ Invalid input: 2 problems',
      '  wait-timeout: expected a duration such as 10m; got "600"',
      '    did you mean 600s?',
      '  context: expected one of "prod", "staging"; got "prd"',
    ],
  ],
];

for (const [name, report, lines] of quiet) {
  test(`the short text: ${name}`, () => {
    assert.equal(shortText(report, plain), `${lines.join('\n')}\n`);
  });
}

test('logs come after the stages, each with its node and service', () => {
  const lines = ['level=error msg="no space left"', '::endgroup::'];
  const report = { ...dead, logs: [{ node: 'cp-1', service: 'etcd', lines }] };
  const expected = [
    '',
    '',
    'Log of etcd on cp-1, its end:',
    '   level=error msg="no space left"',
    '   : :endgroup::',
    '',
  ];
  const text = finalText(report, plain);
  assert.ok(text.includes(expected.slice(1).join('\n')), text);
});

test('healthy, failing and waiting lines have different colours', () => {
  const view = { groups: false, paint: inColour };
  assert.ok(finalText(reportOf(nodes, passing(nodes)), view).includes('\n\u001b[32m✅ prod: healthy'));
  assert.ok(shortText(dead, view).includes('\u001b[0m\n\u001b[31m❌ connectivity'));
});
