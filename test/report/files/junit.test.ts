import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMParser, type Element } from '@xmldom/xmldom';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { record } from '../../../src/gate/history.ts';
import { renderJunit } from '../../../src/report/files/junit.ts';
import type { Report } from '../../../src/report/model.ts';
import { hostile } from '../../builders/hostile.ts';
import { changeFinding, clusterNodes, passing, reportOf, unhealthyReport } from '../../builders/report.ts';
import { reportFixtures } from '../../builders/report-fixtures.ts';

/** The content of a JUnit file. */
interface Read {
  readonly suites: readonly { readonly name: string; readonly counts: readonly number[]; readonly cases: string[] }[];
}

const kinds = ['failure', 'skipped', 'system-out'] as const;
const countNames = ['tests', 'failures', 'errors', 'skipped'] as const;

function readWithDom(xml: string): Read {
  const document = new DOMParser({
    // It warns about replacement characters, which are expected.
    onError: (level, message) => assert.match(`${level}: ${message}`, /^warning: Unicode replacement character/),
  }).parseFromString(xml, 'text/xml');
  const children = (parent: Element, name: string) => [...parent.getElementsByTagName(name)];
  const root = document.documentElement;
  assert.ok(root);
  assert.equal(root.tagName, 'testsuites');
  return {
    suites: children(root, 'testsuite').map((suite) => ({
      name: suite.getAttribute('name') ?? '',
      counts: countNames.map((name) => Number(suite.getAttribute(name))),
      cases: children(suite, 'testcase').map((one) => {
        const inside = kinds.flatMap((kind) => children(one, kind).map((part) => `${kind}: ${part.textContent}`));
        return [one.getAttribute('name'), ...inside].join('\n');
      }),
    })),
  };
}

const list = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? new Map<string, unknown>(Object.entries(value)).get(key) : undefined;

function readWithFastParser(xml: string): Read {
  assert.equal(XMLValidator.validate(xml), true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    trimValues: false,
    parseTagValue: false,
    htmlEntities: true,
  });
  const root = at(parser.parse(xml), 'testsuites');
  return {
    suites: list(at(root, 'testsuite')).map((suite) => ({
      name: String(at(suite, '@_name')),
      counts: countNames.map((name) => Number(at(suite, `@_${name}`))),
      cases: list(at(suite, 'testcase')).map((one) => {
        const inside = kinds.flatMap((kind) =>
          list(at(one, kind)).map((part) => `${kind}: ${typeof part === 'string' ? part : at(part, '#text')}`),
        );
        return [at(one, '@_name'), ...inside].join('\n');
      }),
    })),
  };
}

/** Both parsers must agree. */
function read(report: Report): Read {
  const xml = renderJunit(report);
  const content = readWithDom(xml);
  assert.deepEqual(readWithFastParser(xml), content);
  return content;
}

for (const [name, report] of Object.entries(reportFixtures())) {
  test(`${name}: two parsers agree, and the counts are right`, () => {
    const { suites } = read(report);
    const names = suites.flatMap((suite) => suite.cases.map((one) => `${suite.name} ${one.split('\n')[0]}`));
    assert.equal(new Set(names).size, names.length, 'names are unique');
    for (const { counts, cases: all } of suites) {
      const number = (kind: string) => all.filter((one) => one.includes(`\n${kind}: `)).length;
      assert.deepEqual(counts, [all.length, number('failure'), 0, number('skipped')]);
    }
    const failures = suites.reduce((sum, { counts: [, failed = 0] }) => sum + failed, 0);
    assert.equal(failures > 0, report.verdict !== 'healthy', 'only a healthy verdict has no failures');
  });
}

const nodes = clusterNodes(1, 1);

test('one suite per stage, one case per check and node, in their order', () => {
  const { suites } = read(reportOf(nodes, passing(nodes)));
  assert.deepEqual(
    suites.map(({ name, cases: all }) => [name, ...all]),
    [
      [
        'prod: connectivity',
        'credentials on cluster',
        'topology on cluster',
        'api-reachable on cp-1',
        'api-reachable on worker-1',
      ],
      [
        'prod: readiness',
        'boot-finished on cp-1',
        'boot-finished on worker-1',
        'services on cp-1',
        'services on worker-1',
      ],
      ['prod: etcd', 'etcd-service on cp-1', 'etcd-quorum on cluster'],
      ['prod: api-server', 'api-server-ready on cp-1'],
      ['prod: control-plane', 'control-plane-components on cp-1'],
      ['prod: nodes', 'node-ready on cp-1', 'node-ready on worker-1'],
      ['prod: static-pods', 'static-pods on cp-1', 'static-pods on worker-1'],
    ],
  );
});

const mixed = [
  ['pending', { message: 'NotReady', hint: { text: 'Read the log.', commands: ['talosctl logs kubelet'] } }],
  ['fail', { message: 'not authorized' }],
  ['skip', { message: 'there is no kubelet' }],
  ['warn', { message: 'cordoned', hint: { text: 'Uncordon it.', commands: ['kubectl uncordon worker-1'] } }],
  ['blocked', { message: 'waits', blockedBy: { check: 'services', node: 'worker-1' } }],
] as const;
const expected = [
  'failure: NotReady\nRead the log.\ntalosctl logs kubelet --context prod',
  'failure: not authorized',
  'skipped: there is no kubelet',
  'system-out: warning: cordoned\nUncordon it.',
  'skipped: blocked by services on worker-1: waits',
];

for (const [index, [status, change]] of mixed.entries()) {
  test(`${status} is a ${expected[index]?.split(':')[0]}`, () => {
    const findings = changeFinding(passing(nodes), 'node-ready', 'worker-1', { status, ...change });
    const suite = read(unhealthyReport(nodes, findings)).suites.find(({ name }) => name === 'prod: nodes');
    assert.equal(suite?.cases[1], `node-ready on worker-1\n${expected[index]}`);
  });
}

test('the time of a case is that until it first passed, or the whole wait', () => {
  const waited = changeFinding(passing(nodes), 'node-ready', 'worker-1', { status: 'pending' });
  const startedAt = Date.parse('2026-01-02T03:04:05Z');
  const before = record(undefined, startedAt, changeFinding(waited, 'node-ready', 'cp-1', { status: 'pending' }));
  const history = record(before, startedAt + 42_500, waited);
  const xml = renderJunit(reportOf(nodes, waited, { verdict: 'unhealthy', endedAt: startedAt + 600_000, history }));
  assert.match(xml, /name="node-ready on cp-1" classname="prod: nodes" time="42\.500"\/>/);
  assert.match(xml, /name="node-ready on worker-1" classname="prod: nodes" time="600\.000">/);
  assert.match(xml, /<testsuite name="prod: nodes" [^>]* time="600\.000" timestamp="2026-01-02T03:04:05">/);
  assert.match(xml, /<testsuites name="prod: talos-health" [^>]* time="600\.000">/);
});

test('a run that is cancelled before the first round is a failure', () => {
  const { suites } = read(reportOf([], [], { verdict: 'cancelled', snapshot: undefined, reason: 'SIGTERM' }));
  assert.deepEqual(suites, [
    {
      name: 'prod: gate',
      counts: [1, 1, 0, 0],
      cases: ['verdict\nfailure: 🛑 prod: cancelled before the cluster was seen healthy: SIGTERM'],
    },
  ]);
});

test('texts of nodes are escaped in elements and attributes', () => {
  const message = `${hostile} ]]> <!-- &amp; \u0000\ufffe\ud800 "quoted' \u0085 <![CDATA[`;
  const findings = changeFinding(passing(nodes), 'node-ready', 'worker-1', { status: 'pending', message });
  const suite = read(unhealthyReport(nodes, findings)).suites.find(({ name }) => name === 'prod: nodes');
  assert.match(suite?.cases[1] ?? '', /]]> <!-- &amp; \ufffd "quoted' +<!\[CDATA\[/);
});
