import { type Stage, stages } from '../checks/check.ts';
import { type Finding, isFine, isUnresolved, nodesOf, type VerdictName } from './finding.ts';

export interface Circumstances {
  /** No more rounds: what is pending now has failed. */
  readonly deadlinePassed: boolean;
  readonly cancelled: boolean;
  /** Whether it has been healthy for as long as it has to be; by default a moment is enough. */
  readonly stable?: boolean;
}

/**
 * What the findings of one round amount to; undefined while waiting may help.
 * Healthy needs all of them: nothing pending, failed or blocked, and of every
 * node something that was seen to be well.
 */
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

/** Nothing pending, failed or blocked, and of every node that counts something that was seen to be well. */
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

/** The first stage, in their order, with a finding that explains why it is not healthy. */
export function failedStage(findings: readonly Finding[]): Stage | undefined {
  return stages.find((stage) => findings.some((finding) => finding.stage === stage && isUnresolved(finding)));
}

/** Ids of the checks that failed, in the order of the findings, each once. */
export function failedChecks(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.filter(isUnresolved).map(({ check }) => check))];
}

/** Nodes with a fault of their own, be it one that does not count; what is only blocked there is not held against a node. */
export function unhealthyNodes(findings: readonly Finding[]): readonly string[] {
  return nodesOf(findings.filter((finding) => isUnresolved(finding) || finding.excused === 'enough-workers'));
}

/** Nodes of which something was seen to pass, everything that is judged is known, and nothing is wrong. */
export function healthyNodes(findings: readonly Finding[]): readonly string[] {
  const others = new Set(nodesOf(findings.filter((finding) => !isFine(finding) || isExcused(finding))));
  return nodesOf(findings.filter(({ status }) => status === 'pass')).filter((node) => !others.has(node));
}

/** Exit code of the command line for input that never got as far as a verdict on the cluster. */
export const badInputExitCode = 2;

/** Exit code of the command line: 130 is what a shell reports of an interrupted command. */
export function exitCode(verdictName: VerdictName): number {
  return { healthy: 0, unhealthy: 1, error: 3, cancelled: 130 }[verdictName];
}
