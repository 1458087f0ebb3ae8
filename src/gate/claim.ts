import { type Stage, stages } from '../checks/check.ts';
import { registry } from '../checks/registry.ts';
import type { Options } from '../inputs/options.ts';
import type { CheckPolicy } from '../inputs/policies.ts';
import type { ClusterNode } from '../observe/cluster.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import type { Excuse, Finding } from './finding.ts';

/** What the verdict covers: what was judged, what an input left out, and whose faults do not count. */
export interface Claim {
  /** Whether the verdict is about less than the whole cluster. */
  readonly narrowed: boolean;
  /** Stages in which something was judged. */
  readonly stages: readonly Stage[];
  /** The last stage to judge; absent if no stage was left out for being a later one. */
  readonly until?: { readonly stage: Stage; readonly input: 'until' | 'profile' };
  /** Checks of later stages that were judged nevertheless. */
  readonly beyond: readonly string[];
  /** Checks of the stages to judge that were not judged. */
  readonly leftOut: readonly Limit[];
  /** Checks whose faults are only warnings. */
  readonly warnOnly: readonly Limit[];
  /** What was ignored within checks that were judged. */
  readonly ignored: readonly Ignored[];
  readonly nodes: {
    readonly known: number;
    /** Names of those of which at least one check was judged. */
    readonly judged: readonly string[];
    readonly input?: 'only-nodes';
  };
  /** Nodes whose faults do not count. */
  readonly notCounted: readonly NotCounted[];
}

/** A check, and the input that limits it. */
interface Limit {
  readonly check: string;
  readonly input: CheckPolicy['input'] | 'cordoned';
}

type Ignored =
  | { readonly what: 'diagnostics'; readonly input: 'ignore-diagnostics'; readonly ids: readonly string[] }
  | { readonly what: 'cordoned-nodes'; readonly input: 'cordoned' }
  | { readonly what: 'kubernetes-api'; readonly input: 'kubernetes' };

interface NotCounted {
  readonly node: string;
  readonly reason: Excuse;
  /** Absent for a control plane that both discovery and etcd have given up. */
  readonly input?: 'min-healthy-workers' | 'expected-workers' | 'expected-control-planes';
}

/** A pure function of what was asked for and what was found. */
export function claimOf(findings: readonly Finding[], snapshot: Snapshot | undefined, options: Options): Claim {
  const nodes = snapshot?.nodes.map(({ node }) => node) ?? [];
  const notCounted = notCountedOf(findings, nodes, options);
  const isSelective = options.onlyNodes.length > 0;
  // What is blocked was to be judged: that it could not be is for the verdict to say.
  const selected = new Set(findings.map(({ node }) => node));
  const policies = policiesOf(options);
  const ignored = ignoredOf(options);
  const { until, beyond, leftOut, warnOnly } = policies;
  return {
    narrowed:
      until !== undefined ||
      [leftOut, warnOnly, ignored, notCounted].some((limits) => limits.length > 0) ||
      nodes.some(({ name }) => !selected.has(name)),
    stages: stages.filter((stage) => findings.some((finding) => finding.stage === stage && wasJudged(finding))),
    ...(until !== undefined && { until }),
    beyond,
    leftOut,
    warnOnly,
    ignored,
    nodes: { known: nodes.length, judged: judgedNodes(findings, nodes), ...(isSelective && { input: 'only-nodes' }) },
    notCounted,
  };
}

function wasJudged({ status }: Finding): boolean {
  return status !== 'skip' && status !== 'blocked';
}

function judgedNodes(findings: readonly Finding[], nodes: readonly ClusterNode[]): readonly string[] {
  const judged = new Set(findings.filter((one) => wasJudged(one) && one.excused !== 'gone').map(({ node }) => node));
  return nodes.map(({ name }) => name).filter((name) => judged.has(name));
}

function notCountedOf(
  findings: readonly Finding[],
  nodes: readonly ClusterNode[],
  options: Options,
): readonly NotCounted[] {
  const excuses = new Map(findings.flatMap(({ node, excused }) => (node && excused ? [[node, excused] as const] : [])));
  return nodes.flatMap(({ name, role }) => {
    const reason = excuses.get(name);
    const input = reason && inputBehind(reason, role, options);
    return reason === undefined ? [] : { node: name, reason, ...(input && { input }) };
  });
}

function inputBehind(reason: Excuse, role: ClusterNode['role'], { expected }: Options): NotCounted['input'] {
  if (reason === 'enough-workers') {
    return 'min-healthy-workers';
  }
  if (role === 'worker') {
    return 'expected-workers';
  }
  return expected.controlPlanes === undefined ? undefined : 'expected-control-planes';
}

function policiesOf(options: Options): Pick<Claim, 'until' | 'beyond' | 'leftOut' | 'warnOnly'> {
  const asked = registry.filter((check) => check.enabled?.(options) ?? true);
  const having = (policy: CheckPolicy['policy'], among: typeof asked): readonly Limit[] =>
    among.flatMap(({ id }) => {
      const own = options.policies.get(id);
      return own?.policy === policy ? { check: id, input: own.input } : [];
    });
  const last = stages.find((stage) => stage === options.until?.stage);
  const later = last === undefined ? [] : asked.filter(({ stage }) => stages.indexOf(stage) > stages.indexOf(last));
  const skippedLater = new Set(having('skip', later).map(({ check }) => check));
  const cordonedWarns = options.cordoned === 'warn' && !options.policies.has('node-schedulable');
  return {
    ...(last !== undefined &&
      options.until !== undefined &&
      skippedLater.size > 0 && { until: { stage: last, input: options.until.input } }),
    beyond: skippedLater.size === 0 ? [] : later.map(({ id }) => id).filter((id) => !skippedLater.has(id)),
    leftOut: having('skip', asked).filter(({ check }) => !skippedLater.has(check)),
    warnOnly: [
      ...having('warn', asked),
      ...(cordonedWarns ? [{ check: 'node-schedulable', input: 'cordoned' } as const] : []),
    ],
  };
}

const asksKubernetes = registry.filter((check) => check.watchesOfKubernetes.length > 0).map(({ id }) => id);

/** What an input ignores is limited to checks that are judged at all. */
function ignoredOf(options: Options): readonly Ignored[] {
  const { ignoreDiagnostics, cordoned, kubernetes, mode } = options;
  const isJudged = (id: string): boolean => options.policies.get(id)?.policy !== 'skip';
  return [
    ...(ignoreDiagnostics.length > 0 && isJudged('diagnostics')
      ? [{ what: 'diagnostics', input: 'ignore-diagnostics', ids: ignoreDiagnostics } as const]
      : []),
    ...(cordoned === 'ignore' && isJudged('node-schedulable')
      ? [{ what: 'cordoned-nodes', input: 'cordoned' } as const]
      : []),
    // In mode server it is the server that asks Kubernetes.
    ...(kubernetes.use === 'off' && mode === 'client' && asksKubernetes.some(isJudged)
      ? [{ what: 'kubernetes-api', input: 'kubernetes' } as const]
      : []),
  ];
}
