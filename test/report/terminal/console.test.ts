import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../../src/gate/finding.ts';
import type { Report } from '../../../src/report/model.ts';
import { inColour } from '../../../src/report/terminal/colour.ts';
import { finalText, messageText, shortText } from '../../../src/report/terminal/console.ts';
import { githubGroups, gitlabSections } from '../../../src/report/terminal/fold.ts';
import { logView, type TextView } from '../../../src/report/terminal/text-view.ts';
import { displayWidth } from '../../../src/report/terminal/width.ts';
import { wrapAt } from '../../../src/report/terminal/wrap.ts';
import { hostile } from '../../builders/hostile.ts';
import { clusterNodes, kill, passing, reportOf, unhealthyReport } from '../../builders/report.ts';
import { reportFixtures } from '../../builders/report-fixtures.ts';

const nodes = clusterNodes(1, 1);
const [, worker] = nodes;
assert.ok(worker);
const dead = unhealthyReport(nodes, kill(passing(nodes), worker));
const plain = logView;
const grouped: TextView = { ...logView, fold: githubGroups };

test('a failed command on a healthy cluster is the headline, in red', () => {
  const command = { ran: true, exitCode: 7, startedAt: 0, endedAt: 1000 } as const;
  const healthy: Report = { ...reportOf(nodes, passing(nodes)), title: 'prod', command };
  const lines = finalText(healthy, { ...plain, paint: inColour }).split('\n');
  assert.ok(lines.includes('\u001b[31m❌ prod: the command failed\u001b[0m'), lines.join('\n'));
  assert.ok(!lines.some((line) => line.includes('✅ prod')));
});

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
      '❌ worker-1: 10.0.1.1:50000 refused the connection',
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

test('the message has the verdict first, then the causes and what to do, and nothing else', () => {
  const whole = messageText(dead, 4096);
  assert.deepEqual(whole.split('\n').slice(0, 4), [
    '❌ prod: not healthy: worker-1: 10.0.1.1:50000 refused the connection, not healthy within 10m',
    '',
    '❌ worker-1: 10.0.1.1:50000 refused the connection',
    '   check api-reachable: failing; 4 other findings are caused by this',
  ]);
  assert.match(whole, /\n {3}run: talosctl -n 10\.0\.1\.1 version --context prod\n$/);
  assert.equal(messageText(badInput, 4096), shortText(badInput, plain));
  const healthy = reportOf(nodes, passing(nodes), { reason: '' });
  assert.equal(messageText(healthy, 4096), shortText(healthy, plain));
});

test('a message that is too long ends after the last line that fits', () => {
  const whole = messageText(dead, 4096);
  for (let bytes = 1; bytes <= Buffer.byteLength(whole); bytes += 1) {
    const text = messageText(dead, bytes);
    assert.ok(Buffer.byteLength(text) <= bytes && text.endsWith('\n'), text);
    assert.ok(whole.startsWith(text.slice(0, -1)) && !text.includes('\ufffd'), text);
    if (text.trimEnd().includes('\n')) assert.ok(whole.startsWith(text), text);
  }
});

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
  const view = { ...logView, paint: inColour };
  assert.ok(finalText(reportOf(nodes, passing(nodes)), view).includes('\n\u001b[32m✅ prod: healthy'));
  assert.ok(shortText(dead, view).includes('\u001b[0m\n\u001b[31m❌ worker-1'));
});

test('a runner of GitLab folds sections, whose names are unique, and shows the verdict and the causes outside of them', () => {
  const report = { ...dead, logs: [{ node: hostile, service: 'etcd', lines: [hostile] }] };
  const text = finalText(report, { ...logView, fold: gitlabSections(report.endedAt) });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: GitLab's markers have them
  const marker = /^\u001b\[0Ksection_(start|end):(\d+):([a-z0-9-]+)(\[collapsed=true\])?\r\u001b\[0K/;
  const names: string[] = [];
  let open = '';
  const outside = text.split('\n').filter((line) => {
    const [, kind, at, name = ''] = marker.exec(line) ?? [];
    if (kind === undefined) return open === '';
    assert.equal(Number(at), Math.floor(report.endedAt / 1000));
    assert.equal(kind === 'end' ? name : '', open);
    open = kind === 'start' ? name : '';
    if (kind === 'start') names.push(name);
    return false;
  });
  assert.equal(open, '');
  assert.equal(new Set(names).size, names.length);
  assert.ok(names.length > 7);
  assert.match(outside.filter((line) => line !== '')[0] ?? '', /^❌ prod: not healthy/);
});

test('checks that are skipped for the same reason are one line, and do not make their stage look skipped', () => {
  const { healthy } = fixtures;
  assert.ok(healthy);
  const lines = finalText(healthy).split('\n');
  assert.equal(
    lines.filter((line) => line.includes('needs Kubernetes access')).join('\n'),
    "➖ 7 checks skipped: needs Kubernetes access: the talosconfig's role is os:reader and no kubeconfig is given (kubernetes-api, control-plane-pods, no-unexpected-nodes, kube-proxy, coredns)",
  );
  assert.ok(lines.some((line) => /^✅ api-server: 1 skipped, \d+ pass$/.test(line)));
});

const wide = clusterNodes(3, 997);
const bad = new Set(wide.slice(3, 303).map(({ name }) => name));
const crowd = unhealthyReport(
  wide,
  passing(wide).map((finding): Finding => {
    if (finding.check === 'node-ready' && bad.has(finding.node ?? '')) {
      return { ...finding, status: 'pending', message: `Kubernetes says node ${finding.node} is not ready` };
    }
    return finding.check === 'services' && finding.node?.startsWith('cp-')
      ? { ...finding, status: 'pending', message: `trustd of ${finding.node} is Failed` }
      : finding;
  }),
);
const states: readonly (readonly [name: string, report: Report])[] = [
  ...Object.entries(fixtures).filter(([name]) => name !== 'hostile'),
  ['300 bad nodes of 1,000', crowd],
];

for (const [name, report] of states) {
  test(`${name}: the last lines of a log have the verdict, each cause and what to run`, () => {
    const last = finalText(report, grouped).trimEnd().split('\n').slice(-logView.rows);
    assert.ok(
      last.some((line) => /^(✅|❌|🛑) /u.test(line)),
      last.join('\n'),
    );
    for (const cause of report.causes) {
      const at = last.findIndex((line) => /^(❌|⏳) /u.test(line) && line.endsWith(cause.title));
      assert.ok(at > 0, cause.title);
      assert.ok(cause.hint.commands.length === 0 || last.slice(at).some((line) => line.startsWith('   run: ')));
    }
  });

  for (const [columns, rows] of [
    [80, 24],
    [120, 40],
  ] as const) {
    test(`${name}: the last screen of ${columns} columns and ${rows} rows has the verdict, and breaks no word`, () => {
      const view = { ...logView, wrap: wrapAt(columns), rows: rows - 2 };
      const text = finalText(report, view);
      const lines = text.trimEnd().split('\n');
      const last = lines.slice(-view.rows);
      assert.ok(
        last.some((line) => /^(✅|❌|🛑) /u.test(line)),
        last.join('\n'),
      );
      if (report.causes.some(({ hint }) => hint.commands.length > 0)) {
        assert.ok(
          last.some((line) => line.startsWith('   run: ')),
          last.join('\n'),
        );
      }
      for (const line of lines) {
        assert.ok(displayWidth(line) <= columns || !line.trim().includes(' '), line);
      }
    });
  }
}

test('a command that is wider than the terminal is continued as in a shell, and a quoted word is not broken', () => {
  const wrap = wrapAt(40);
  assert.deepEqual(wrap("        talosctl -n '10.0.0.1 and more' get machinestatus --context prod", 10, 'command'), [
    '        talosctl -n \\',
    "          '10.0.0.1 and more' get \\",
    '          machinestatus --context prod',
  ]);
  assert.deepEqual(wrap('   節点 節点 節点 節点 節点 節点 節点 節点 節点', 5, 'text'), [
    '   節点 節点 節点 節点 節点 節点 節点',
    '     節点 節点',
  ]);
  assert.deepEqual(wrap(`a ${'x'.repeat(50)} b`, 2, 'text'), ['a', `  ${'x'.repeat(50)}`, '  b']);
});
