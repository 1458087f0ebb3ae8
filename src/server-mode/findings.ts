import type { Stage } from '../checks/check.ts';
import { registry } from '../checks/registry.ts';
import { type Finding, subjectKey } from '../gate/finding.ts';
import type { ClusterNode } from '../observe/members/cluster.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import { advice } from './advice.ts';
import { type Attribution, attributeError, nodeFinder, serverCheckId } from './attribute-error.ts';
import { currentCheck, type Progress, type Step, waiting } from './progress.ts';
import { unobserved } from './snapshot.ts';
import { type Scope, type ScopedCheck, talosctlCheck, talosctlChecks } from './talosctl-checks.ts';

const order = new Map(registry.map(({ id }, index) => [id, index]));
const checksById = new Map(registry.map((check) => [check.id, check]));

/** What blocks the checks that the server has not reached. */
type Blocker = Pick<Finding, 'check' | 'node'>;

interface ProgressContext {
  readonly progress: Progress;
  readonly judged: readonly ClusterNode[];
  /** What blocks the remaining checks if no attribution does. */
  readonly blocker: Blocker;
  /** The check that the server is waiting for. */
  readonly attributions: readonly Attribution[];
  /** Evaluates a node that cannot be reached. */
  unreachable(node: NodeSnapshot): Pick<Finding, 'status' | 'message' | 'hint'>;
}

/** A check with the server's steps that it needs to pass. */
interface Row extends ScopedCheck {
  readonly steps: readonly { readonly title: string; readonly step: Step | undefined; readonly skipped: string }[];
}

function groupByCheck({ steps }: Progress): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const { title, checks, since, skipped = 'the server says no more' } of talosctlChecks) {
    const step = { title, step: steps.get(title), skipped };
    // Older versions of Talos lack the checks with `since`.
    for (const judged of steps.has(title) || since === undefined ? checks : []) {
      const row = rows.get(judged.check);
      rows.set(judged.check, { ...judged, steps: [...(row?.steps ?? []), step] });
    }
  }
  return [...rows.values()];
}

/** Attributes what the server waits for to checks and nodes; empty if it waits for nothing. */
export function attributionsOf(progress: Progress, judged: readonly ClusterNode[]): readonly Attribution[] {
  const title = currentCheck(progress);
  const step = title === undefined ? undefined : progress.steps.get(title);
  if (title === undefined || step === undefined) {
    return [];
  }
  if (step.state === 'failing') {
    return attributeError(title, step.text, nodeFinder(judged));
  }
  const check = talosctlCheck(title)?.checks[0].check ?? serverCheckId;
  return [{ check, text: `the server is looking: ${waiting}${title}` }];
}

/**
 * The findings of the server's progress, in the order of the checks: `pass` on
 * the nodes in the scope of a passed check, `pending` on the nodes that an error
 * names, and `blocked` for everything else.
 */
export function findingsOf({
  progress,
  judged,
  blocker,
  attributions,
  unreachable,
}: ProgressContext): readonly Finding[] {
  const bySubject = Map.groupBy(
    attributions.filter(({ check }) => check !== serverCheckId),
    ({ check, node }) => subjectKey({ check, node: node?.name }),
  );
  const pending = [...bySubject.values()].flatMap((same) =>
    same.slice(0, 1).map((first) => pendingOf(first, same, unreachable)),
  );
  const [first] = pending;
  const rootCause = subject(first ?? blocker);
  const rest = groupByCheck(progress).flatMap((row) => findingsOfRow(row, judged, pending, rootCause));
  return [...pending, ...rest].sort((one, other) => rank(one) - rank(other));
}

function rank({ check }: Finding): number {
  return order.get(check) ?? order.size;
}

function subject({ check, node }: Blocker): Blocker {
  return { check, ...(node !== undefined && { node }) };
}

/** One finding per subject, with the texts of all its errors. */
function pendingOf(
  first: Attribution,
  same: readonly Attribution[],
  unreachable: ProgressContext['unreachable'],
): Finding {
  const { check, node, unreached } = first;
  const own = base(check, node);
  if (node !== undefined && unreached !== undefined) {
    return { ...own, ...unreachable(unobserved(node, 0, unreached)) };
  }
  const message = [...new Set(same.map(({ text }) => text))].join('; ');
  return { ...own, status: 'pending', message, hint: advice(check, node === undefined ? [] : [unobserved(node, 0)]) };
}

function base(check: string, node: ClusterNode | undefined): Pick<Finding, 'check' | 'stage' | 'node'> {
  return { check, stage: stageOf(check), ...(node !== undefined && { node: node.name }) };
}

function stageOf(check: string): Stage {
  return checksById.get(check)?.stage ?? 'connectivity';
}

function findingsOfRow(
  row: Row,
  judged: readonly ClusterNode[],
  pending: readonly Finding[],
  blocker: Blocker,
): readonly Finding[] {
  const own = pending.filter(({ check }) => check === row.check);
  const named = new Set(own.map(({ node }) => node));
  const inScope = nodesInScope(row.scope, judged).filter((node) => !named.has(node?.name));
  const blockedBy = own[0] === undefined ? blocker : subject(own[0]);
  return inScope.map((node) => ({ ...base(row.check, node), ...statusOf(row, own.length > 0, blockedBy) }));
}

function nodesInScope(scope: Scope, judged: readonly ClusterNode[]): readonly (ClusterNode | undefined)[] {
  return scope === 'cluster' ? [undefined] : judged.filter(({ role }) => scope === 'node' || role === 'controlplane');
}

function statusOf(
  { check, steps }: Row,
  pending: boolean,
  blockedBy: Blocker,
): Pick<Finding, 'status' | 'message' | 'blockedBy' | 'unknown'> {
  const states = steps.map(({ step }) => step?.state);
  if (pending || !states.every((state) => state === 'passed' || state === 'skipped')) {
    const message = 'not known: the server looks at one thing after another';
    return { status: 'blocked', message, blockedBy, unknown: true };
  }
  const skipped = steps.find(({ step }) => step?.state === 'skipped');
  return skipped === undefined
    ? { status: 'pass', message: checksById.get(check)?.title ?? steps.map(({ title }) => title).join(', ') }
    : { status: 'skip', message: `the server skips it: ${skipped.skipped}` };
}
