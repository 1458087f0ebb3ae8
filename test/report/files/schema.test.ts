import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { stages } from '../../../src/checks/check.ts';
import { documentOf, type ReportDocument } from '../../../src/report/files/json.ts';
import { inconsistenciesOf } from '../../builders/consistency.ts';
import { reportOf } from '../../builders/report.ts';
import { documentFixtures } from '../../builders/report-fixtures.ts';
import { assertValidReport, reportSchema } from '../../builders/schema.ts';

const fixtures = documentFixtures();

test('the schema has the version and the stages of the reports', () => {
  const { properties, $defs } = structuredClone(reportSchema());
  assert.deepEqual(
    [properties, $defs].map((part) =>
      Object.entries(part ?? {}).find(([key]) => key === 'schemaVersion' || key === 'stage'),
    ),
    [
      ['schemaVersion', { const: documentOf(reportOf([], [])).schemaVersion }],
      ['stage', { enum: [...stages] }],
    ],
  );
});

test('a report with an unknown key or another version does not match the schema', () => {
  const json = (change: object): string => JSON.stringify({ ...fixtures['healthy'], ...change });
  assertValidReport(json({}));
  assert.throws(() => assertValidReport(json({ secret: 1 })), /must NOT have additional properties/);
  assert.throws(() => assertValidReport(json({ schemaVersion: 1 })), /must be equal to constant/);
});

test('every object of the schema forbids additional properties', () => {
  const open: string[] = [];
  JSON.stringify(reportSchema(), (key, value: unknown) => {
    if (typeof value === 'object' && value !== null && 'type' in value && value.type === 'object') {
      if (!('additionalProperties' in value) || value.additionalProperties !== false) {
        open.push(key);
      }
    }
    return value;
  });
  assert.deepEqual(open, []);
});

/** Ways to create reports, and the only test files that may use them: these validate each report. */
const creators: readonly (readonly [pattern: RegExp, folder: string, only: readonly string[]])[] = [
  [/import \{[^}]*\brun\b[^}]*\} from '[./]+\/src\/run\.ts'/, '.', ['builders/run.ts']],
  [/import \{[^}]*\bbuildReport\b[^}]*\} from/, '.', ['builders/report.ts']],
  [
    /from 'node:child_process'/,
    'e2e',
    ['e2e/processes.ts', 'e2e/hostile-sockets.ts', 'e2e/families.test.ts', 'e2e/output.test.ts'],
  ],
];

test('every report that a test creates is validated', () => {
  const root = join(import.meta.dirname, '../..');
  for (const [pattern, folder, only] of creators) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file).replaceAll('\\', '/'));
    const found = files.filter((file) => pattern.test(readFileSync(join(root, file), 'utf8')));
    assert.deepEqual(found.toSorted(), only.toSorted());
  }
});

test('contradictions within a report are found', () => {
  const report = fixtures['dead-worker'];
  assert(report);
  const broken: readonly (readonly [RegExp, Partial<ReportDocument>])[] = [
    [/is blocked by nothing, which is no finding/, { findings: report.findings.map(blockedByUnknownCheck) }],
    [/and of 0 causes/, { causes: [] }],
    [/and of 2 causes/, { causes: [...report.causes, ...report.causes] }],
    [/which is no finding/, { findings: report.findings.slice(1), causes: report.causes.map(withUnknownFinding) }],
    [/^healthyNodes: /, { outputs: { ...report.outputs, healthyNodes: ['worker-1'] } }],
    [/^narrowed: false, in words: "2 of 5 nodes"/, { outputs: { ...report.outputs, claim: '2 of 5 nodes' } }],
    [/and the verdict healthy/, { verdict: 'healthy' }],
  ];
  for (const [flaw, change] of broken) {
    const flaws = inconsistenciesOf({ ...report, ...change });
    assert.ok(
      flaws.some((one) => flaw.test(one)),
      `${flaw}: ${flaws.join('\n')}`,
    );
  }
});

type FindingDocument = ReportDocument['findings'][number];
type CauseDocument = ReportDocument['causes'][number];

function blockedByUnknownCheck(finding: FindingDocument): FindingDocument {
  return finding.blockedBy === undefined ? finding : { ...finding, blockedBy: { check: 'nothing' } };
}

function withUnknownFinding(cause: CauseDocument): CauseDocument {
  return { ...cause, findings: [{ check: 'nothing' }] };
}
