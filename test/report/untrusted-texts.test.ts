import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { XMLValidator } from 'fast-xml-parser';
import { evaluate } from '../../src/gate/evaluate.ts';
import { record } from '../../src/gate/history.ts';
import type { Snapshot } from '../../src/observe/snapshot.ts';
import { annotations } from '../../src/report/annotations.ts';
import { renderJson } from '../../src/report/files/json.ts';
import { renderJunit } from '../../src/report/files/junit.ts';
import { renderSummary } from '../../src/report/markdown/summary.ts';
import { withoutColour } from '../../src/report/terminal/colour.ts';
import { finalText, messageText, shortText } from '../../src/report/terminal/console.ts';
import { waitingLine } from '../../src/report/terminal/heartbeat.ts';
import { liveFrame } from '../../src/report/terminal/live.ts';
import { progressLines } from '../../src/report/terminal/progress.ts';
import { viewOf } from '../../src/report/view.ts';
import { nodeText } from '../builders/arbitrary.ts';
import { options } from '../builders/evaluate.ts';
import { all, type Fault, onNode, unmet, unreachable, withFaults } from '../builders/faults.ts';
import { reportAfter } from '../builders/report.ts';
import { assertValidReport } from '../builders/schema.ts';
import { healthySnapshot, ok, service } from '../builders/snapshot.ts';
import { columnMark } from '../builders/terminal.ts';
import { assertNoCommand, assertValidMarkdown } from './markdown/valid.ts';

const secret = 'hunter2hunter3';
const message = `Authorization: Bearer ${secret}`;

function renamed(from: string, to: string): Fault {
  return (snapshot) => {
    const nodes = snapshot.nodes.map((one) =>
      one.node.name === from ? { ...one, node: { ...one.node, name: to } } : one,
    );
    return { ...snapshot, nodes, cluster: { ...snapshot.cluster, nodes: nodes.map(({ node }) => node) } };
  };
}

/** Faults that make a text of a node contain the secret. */
const places: Readonly<Record<string, Fault>> = {
  'the event of a service': onNode('worker-1', () => ({
    services: ok([service('kubelet', { state: 'Failed', lastEvent: message })]),
  })),
  'the health of a service': onNode('worker-1', () => ({
    services: ok([service('kubelet', { health: 'unhealthy', healthMessage: message })]),
  })),
  'a diagnostic': onNode('worker-1', () => ({ diagnostics: ok([{ id: 'odd', message, details: [message] }]) })),
  'the error of a call': unreachable('worker-1', { kind: 'other', message }),
  'the reason of a pod': unmet('cp-1', 'staticPods', message),
  'the names of two hosts, one of them dead': all(
    renamed('worker-1', `a token=${secret}`),
    renamed('worker-2', `a token=${secret}2`),
    unreachable(`a token=${secret}`),
  ),
};

function surfaces(before: Snapshot, snapshot: Snapshot, logLine = message) {
  const report = reportAfter([before, snapshot], 60_000, {
    verdict: 'unhealthy',
    reason: 'after 10m',
    logs: [{ node: 'worker-1', service: 'kubelet', lines: [logLine] }],
  });
  const json = renderJson(report);
  assertValidReport(json);
  const findings = evaluate(snapshot, options);
  const view = viewOf({ findings, snapshot, history: record(undefined, 0, findings) });
  const moment = { view, startedAt: 0, now: 60_000, deadline: 600_000 };
  const first = viewOf({ findings: evaluate(before, options), snapshot: before });
  return {
    json,
    junit: renderJunit(report),
    summary: renderSummary(report),
    annotations: annotations(report)
      .map(({ title, message }) => `${title}\n${message}`)
      .join('\n'),
    text: finalText(report),
    'short text': shortText(report),
    message: messageText(report, 4096),
    progress: progressLines(first, view).join('\n'),
    waiting: waitingLine(moment),
    screen: liveFrame({ ...moment, rounds: 1 }, { columns: 300, rows: 50 }, withoutColour)
      .join('\n')
      .replaceAll(columnMark, ''),
  };
}

for (const [place, fault] of Object.entries(places)) {
  test(`a secret in ${place} is shown nowhere`, () => {
    const shown = surfaces(healthySnapshot(), withFaults(healthySnapshot(), fault));
    for (const [surface, text] of Object.entries(shown)) {
      assert.ok(!text.includes(secret), `${surface}: ${text}`);
      assert.match(text, /\(removed\)/, `${surface} does not mention it: ${text}`);
    }
  });
}

test('nodes whose names are redacted stay distinct', () => {
  const fault = all(renamed('worker-1', `token=${secret}`), renamed('worker-2', `token=${secret}2`));
  const { findings, cluster, outputs } = reportAfter([withFaults(healthySnapshot(), fault)], 60_000);
  const names = cluster?.nodes.map(({ name }) => name) ?? [];
  assert.equal(new Set(names).size, 5);
  assert.deepEqual(new Set(findings.flatMap(({ node }) => node ?? [])), new Set(names));
  assert.ok(outputs.healthyNodes.every((name) => names.includes(name)));
});

test('law: with any texts and names of nodes, logs have no commands, tables are intact, and the XML is well-formed', () => {
  fc.assert(
    fc.property(nodeText, nodeText, nodeText, (first, second, third) => {
      const fault = all(
        renamed('worker-1', `w1 ${first}`),
        renamed('worker-2', `w2 ${second}`),
        unreachable(`w1 ${first}`, { kind: 'refused', message: second }),
        onNode(`w2 ${second}`, () => ({
          services: ok([service('kubelet', { state: 'Failed', lastEvent: third })]),
          diagnostics: ok([{ id: first, message: third, details: [second] }]),
        })),
        unmet('cp-1', third, first),
      );
      const shown = surfaces(healthySnapshot(), withFaults(healthySnapshot(), fault), third);
      assertValidMarkdown(shown.summary);
      assert.equal(XMLValidator.validate(shown.junit), true);
      for (const name of ['annotations', 'text', 'short text', 'progress', 'waiting'] as const) {
        assertNoCommand(shown[name]);
      }
      // A terminal has no workflow commands, but control characters.
      assert.doesNotMatch(shown.screen, /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 50 },
  );
});
