import type { Subject } from '../../src/gate/finding.ts';
import type { ReportDocument } from '../../src/report/files/json.ts';

type FindingDocument = ReportDocument['findings'][number];

const key = ({ check, node }: Subject): string => (node === undefined ? check : `${check} on ${node}`);
const sorted = (names: Iterable<string>): string => [...new Set(names)].toSorted().join(', ');

const isUnresolved = ({ status }: FindingDocument): boolean => status === 'pending' || status === 'fail';
const isOpen = (finding: FindingDocument): boolean => isUnresolved(finding) || finding.status === 'blocked';

function nodesOf(findings: readonly FindingDocument[]): Set<string> {
  return new Set(findings.flatMap(({ node }) => (node === undefined ? [] : [node])));
}

function inconsistenciesOfFindings({ findings, verdict, cluster }: ReportDocument): string[] {
  const byKey = new Map(findings.map((finding) => [key(finding), finding]));
  const known = new Set(cluster?.nodes.map(({ name }) => name));
  return [
    ...(byKey.size === findings.length ? [] : ['two findings of the same check on the same subject']),
    ...findings.flatMap((finding) => {
      const { status, blockedBy, node } = finding;
      const by = blockedBy && byKey.get(key(blockedBy));
      return [
        ...((status === 'blocked') === (blockedBy !== undefined)
          ? []
          : [`${key(finding)}: ${status}, with blockedBy?`]),
        ...(blockedBy === undefined || (by && isUnresolved(by))
          ? []
          : [`${key(finding)} is blocked by ${key(blockedBy)}, which is ${by?.status ?? 'no finding'}`]),
        ...(node === undefined || known.has(node) ? [] : [`${key(finding)}: no such node`]),
        ...(verdict === 'healthy' && isOpen(finding) ? [`${key(finding)} is ${status}, and the verdict healthy`] : []),
      ];
    }),
  ];
}

function inconsistenciesOfCauses({ findings, causes }: ReportDocument): string[] {
  const byKey = new Map(findings.map((finding) => [key(finding), finding]));
  const owners = new Map<string, number>();
  const subjects = causes.flatMap((cause) => [...cause.findings, ...cause.consequences, ...cause.notJudged]);
  for (const subject of subjects) {
    owners.set(key(subject), (owners.get(key(subject)) ?? 0) + 1);
  }
  return [
    ...subjects
      .filter((subject) => !byKey.has(key(subject)))
      .map((one) => `a cause names ${key(one)}, which is no finding`),
    ...findings
      .filter((finding) => (owners.get(key(finding)) ?? 0) !== (isOpen(finding) ? 1 : 0))
      .map((one) => `${key(one)} is ${one.status}, and of ${owners.get(key(one)) ?? 0} causes`),
  ];
}

function inconsistenciesOfOutputs({ findings, outputs, verdict, claim, exitCode, problems }: ReportDocument): string[] {
  const wrong = nodesOf(findings.filter((one) => isUnresolved(one) || (one.excused ?? 'gone') !== 'gone'));
  const unclear = nodesOf(findings.filter((one) => isOpen(one) || one.excused !== undefined));
  const passed = nodesOf(findings.filter(({ status }) => status === 'pass'));
  const expected = {
    healthy: String(verdict === 'healthy'),
    verdict,
    failedStage: findings.some(isUnresolved) ? 'a stage' : '',
    failedChecks: sorted(findings.filter(isUnresolved).map(({ check }) => check)),
    healthyNodes: sorted([...passed].filter((node) => !unclear.has(node))),
    unhealthyNodes: sorted(wrong),
    exitCode: String(problems.length > 0 ? 2 : { healthy: 0, unhealthy: 1, error: 3, cancelled: 130 }[verdict]),
    judged: sorted([...outputs.healthyNodes, ...(claim?.nodes.judged ?? [])]),
  };
  const actual = {
    healthy: String(outputs.healthy),
    verdict: outputs.verdict,
    failedStage: outputs.failedStage === undefined ? '' : 'a stage',
    failedChecks: sorted(outputs.failedChecks),
    healthyNodes: sorted(outputs.healthyNodes),
    unhealthyNodes: sorted(outputs.unhealthyNodes),
    exitCode: String(exitCode),
    judged: sorted(claim?.nodes.judged ?? []),
  };
  const outputsByName = new Map(Object.entries(actual));
  return Object.entries(expected).flatMap(([name, value]) =>
    outputsByName.get(name) === value
      ? []
      : [`${name}: "${outputsByName.get(name)}" in the outputs, "${value}" by the findings`],
  );
}

function inconsistenciesOfClaim({ claim, cluster, outputs, findings, options }: ReportDocument): string[] {
  if (claim === undefined) {
    return options === undefined ? [] : ['there are options, and no claim'];
  }
  const known = cluster?.nodes.map(({ name }) => name) ?? [];
  const found = nodesOf(findings);
  return [
    ...(claim.nodes.known === known.length ? [] : [`${claim.nodes.known} nodes known, of ${known.length}`]),
    ...claim.nodes.judged.filter((name) => !found.has(name)).map((name) => `${name} is judged without a finding`),
    ...(claim.narrowed === (outputs.claim !== '') ? [] : [`narrowed: ${claim.narrowed}, in words: "${outputs.claim}"`]),
    ...(known.every((name) => found.has(name)) || claim.narrowed
      ? []
      : ['not every node has findings, and the claim is not narrowed']),
  ];
}

/** Contradictions in a report, by rules that a JSON schema cannot express. */
export function inconsistenciesOf(report: ReportDocument): readonly string[] {
  return [
    ...inconsistenciesOfFindings(report),
    ...inconsistenciesOfCauses(report),
    ...inconsistenciesOfOutputs(report),
    ...inconsistenciesOfClaim(report),
    ...(report.before === undefined ? [] : inconsistenciesOf(report.before).map((flaw) => `before: ${flaw}`)),
  ];
}
