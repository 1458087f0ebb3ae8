import { type Stage, stages } from '../checks/check.ts';
import { type Finding, isFine, isUnresolved, nodesOf, type VerdictName } from './finding.ts';

export interface Circumstances {
  /** There are no more rounds: what is pending has failed. */
  readonly deadlinePassed: boolean;
  readonly cancelled: boolean;
  /** Whether it has been healthy for `stable-for`; true by default. */
  readonly stable?: boolean;
}

/** The verdict on the findings of one round; undefined while waiting may help. */
export function verdict(findings: readonly Finding[], circumstances: Circumstances): VerdictName | undefined {
  if (circumstances.cancelled) {
    return 'cancelled';
  }
  if (findings.some(({ status }) => status === 'fail')) {
    return 'error';
  }
  if (circumstances.stable !== false && isHealthy(findings)) {
    return 'healthy';
  }
  return circumstances.deadlinePassed ? 'unhealthy' : undefined;
}

/** Nothing is pending, failed or blocked, and every node that counts has a check that passed. */
export function isHealthy(findings: readonly Finding[]): boolean {
  const passed = new Set(findings.filter(({ status }) => status === 'pass').map(({ node }) => node));
  const excused = new Set(nodesOf(findings.filter(isExcused)));
  const isKnown = (node: string): boolean => passed.has(node) || excused.has(node);
  return (
    passed.size > 0 &&
    findings.every((finding) => isFine(finding) && (finding.node === undefined || isKnown(finding.node)))
  );
}

function isExcused({ excused }: Finding): boolean {
  return excused !== undefined;
}

/** The first stage with a finding that is pending or failed. */
export function failedStage(findings: readonly Finding[]): Stage | undefined {
  return stages.find((stage) => findings.some((finding) => finding.stage === stage && isUnresolved(finding)));
}

/** Ids of the checks that are pending or failed, without duplicates, in the order of the findings. */
export function failedChecks(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.filter(isUnresolved).map(({ check }) => check))];
}

/** Nodes with a fault of their own, including faults that do not count, but not nodes with blocked findings only. */
export function unhealthyNodes(findings: readonly Finding[]): readonly string[] {
  return nodesOf(findings.filter((finding) => isUnresolved(finding) || (finding.excused ?? 'gone') !== 'gone'));
}

/** Nodes with a check that passed and no finding that is unknown or at fault. */
export function healthyNodes(findings: readonly Finding[]): readonly string[] {
  const others = new Set(nodesOf(findings.filter((finding) => !isFine(finding) || isExcused(finding))));
  return nodesOf(findings.filter(({ status }) => status === 'pass')).filter((node) => !others.has(node));
}

/** Exit code of the command line for invalid input. */
export const badInputExitCode = 2;

/** Exit code of the command line. 130 is the code of a shell for an interrupted command. */
export function exitCode(verdictName: VerdictName): number {
  return { healthy: 0, unhealthy: 1, error: 3, cancelled: 130 }[verdictName];
}
