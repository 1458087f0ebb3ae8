import { type Stage, stages } from '../checks/check.ts';
import { registry } from '../checks/registry.ts';
import type { Options } from '../inputs/options.ts';
import type { CheckPolicy } from '../inputs/policies.ts';
import type { ClusterNode } from '../observe/members/cluster.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import type { Excuse, Finding } from './finding.ts';

/** The scope of the verdict: what was evaluated, what an input excludes, and whose faults do not count. */
export interface Claim {
  /** Whether the verdict covers less than the whole cluster. */
  readonly narrowed: boolean;
  /** Stages of which at least one check was evaluated. */
  readonly stages: readonly Stage[];
  /** The last stage to evaluate; absent if it excludes no check. */
  readonly until?: { readonly stage: Stage; readonly input: 'until' | 'profile' };
  /** Checks of later stages that were evaluated nevertheless. */
  readonly beyond: readonly string[];
  /** Checks of the selected stages that were not evaluated. */
  readonly leftOut: readonly Limit[];
  /** Checks whose faults are only warnings. */
  readonly warnOnly: readonly Limit[];
  /** What was ignored within checks that were evaluated. */
  readonly ignored: readonly Ignored[];
  readonly nodes: {
    readonly known: number;
    /** Names of the nodes of which at least one check was evaluated. */
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
  /** Absent for a control plane that was removed from etcd but is still listed by discovery. */
  readonly input?: 'min-healthy-workers' | 'safe-to-reboot' | 'expected-workers' | 'expected-control-planes';
}

/** Derives the claim from the options and the findings. Pure. */
export function claimOf(findings: readonly Finding[], snapshot: Snapshot | undefined, options: Options): Claim {
  const nodes = snapshot?.nodes.map(({ node }) => node) ?? [];
  const notCounted = notCountedOf(findings, nodes, options);
  const isSelective = options.onlyNodes.length > 0;
  // A blocked check was selected; the verdict reports that it could not be evaluated.
  const selected = new Set(findings.map(({ node }) => node));
  const policies = policiesOf(options);
  const ignored = ignoredOf(options);
  const { until, beyond, leftOut, warnOnly } = policies;
  return {
    narrowed:
      until !== undefined ||
      [leftOut, warnOnly, ignored, notCounted].some((limits) => limits.length > 0) ||
      nodes.some(({ name }) => !selected.has(name)),
    stages: stages.filter((stage) => findings.some((finding) => finding.stage === stage && wasEvaluated(finding))),
    ...(until !== undefined && { until }),
    beyond,
    leftOut,
    warnOnly,
    ignored,
    nodes: {
      known: nodes.length,
      judged: evaluatedNodes(findings, nodes),
      ...(isSelective && { input: 'only-nodes' }),
    },
    notCounted,
  };
}

function wasEvaluated({ status }: Finding): boolean {
  return status !== 'skip' && status !== 'blocked';
}

function evaluatedNodes(findings: readonly Finding[], nodes: readonly ClusterNode[]): readonly string[] {
  const evaluated = new Set(
    findings.filter((one) => wasEvaluated(one) && one.excused !== 'gone').map(({ node }) => node),
  );
  return nodes.map(({ name }) => name).filter((name) => evaluated.has(name));
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
  if (reason === 'to-reboot') {
    return 'safe-to-reboot';
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

const asksKubernetes = registry.filter((check) => check.watchesOfKubernetes.length > 0);

/** Only what an input ignores within checks that are evaluated at all. */
function ignoredOf(options: Options): readonly Ignored[] {
  const { ignoreDiagnostics, cordoned, kubernetes, mode } = options;
  const isEnabled = (id: string): boolean => options.policies.get(id)?.policy !== 'skip';
  return [
    ...(ignoreDiagnostics.length > 0 && isEnabled('diagnostics')
      ? [{ what: 'diagnostics', input: 'ignore-diagnostics', ids: ignoreDiagnostics } as const]
      : []),
    ...(cordoned === 'ignore' && isEnabled('node-schedulable')
      ? [{ what: 'cordoned-nodes', input: 'cordoned' } as const]
      : []),
    // In mode server, the server queries Kubernetes.
    ...(kubernetes.use === 'off' &&
    mode === 'client' &&
    asksKubernetes.some((check) => (check.enabled?.(options) ?? true) && isEnabled(check.id))
      ? [{ what: 'kubernetes-api', input: 'kubernetes' } as const]
      : []),
  ];
}
