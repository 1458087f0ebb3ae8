import type { Stage } from '../checks/check.ts';
import { registry } from '../checks/registry.ts';
import { type Finding, subjectKey } from '../gate/finding.ts';
import type { ClusterNode } from '../observe/cluster.ts';
import type { NodeSnapshot } from '../observe/snapshot.ts';
import { advice } from './advice.ts';
import { type Attribution, attributeError, nodeFinder, ownCheck } from './attribute-error.ts';
import { type Progress, type Step, stuck, waiting } from './progress.ts';
import { unseen } from './snapshot.ts';
import { type Judged, type Scope, talosctlChecks } from './talosctl-checks.ts';

const order = new Map(registry.map(({ id }, index) => [id, index]));
const registered = new Map(registry.map((check) => [check.id, check]));

/** What stands in the way of everything that the server has not come to. */
type Blocker = Pick<Finding, 'check' | 'node'>;

/** Everything that the server's progress says of the checks that it stands for. */
interface Told {
  readonly progress: Progress;
  readonly judged: readonly ClusterNode[];
  /** What stands in the way where the server waits for nothing of its own. */
  readonly blocker: Blocker;
  /** What the server waits for. */
  readonly attributions: readonly Attribution[];
  /** Judges a node that gives no answer. */
  reach(node: NodeSnapshot): Pick<Finding, 'status' | 'message' | 'hint'>;
}

/** A check of the gate with all that it takes to pass. */
interface Row extends Judged {
  readonly steps: readonly { readonly title: string; readonly step: Step | undefined; readonly skipped: string }[];
}

function rowsOf({ steps }: Progress): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const { title, judges, skipped = 'the server says no more' } of talosctlChecks) {
    const step = { title, step: steps.get(title), skipped };
    for (const judged of steps.has(title) || isExpected(title) ? judges : []) {
      const row = rows.get(judged.check);
      rows.set(judged.check, { ...judged, steps: [...(row?.steps ?? []), step] });
    }
  }
  return [...rows.values()];
}

/** What an older Talos does not have is not waited for. */
function isExpected(title: string): boolean {
  return talosctlChecks.find((one) => one.title === title)?.since === undefined;
}

/** What the server waits for, laid on checks and nodes; empty where it waits for nothing, or for something unknown. */
export function attributionsOf(progress: Progress, judged: readonly ClusterNode[]): readonly Attribution[] {
  const title = stuck(progress);
  const step = title === undefined ? undefined : progress.steps.get(title);
  if (title === undefined || step === undefined) {
    return [];
  }
  if (step.state === 'failing') {
    return attributeError(title, step.text, nodeFinder(judged));
  }
  const check = talosctlChecks.find((one) => one.title === title)?.judges[0].check;
  return [{ check: check ?? ownCheck, text: `the server is looking: ${waiting}${title}` }];
}

/**
 * The findings of what the server has said, in the order of the checks: `pass`
 * on every node that a check that passed concerns, `pending` on those that an
 * error names, and `blocked` by that whatever has not been judged.
 */
export function findingsOf({ progress, judged, blocker, attributions, reach }: Told): readonly Finding[] {
  const bySubject = Map.groupBy(
    attributions.filter(({ check }) => check !== ownCheck),
    ({ check, node }) => subjectKey({ check, node: node?.name }),
  );
  const pending = [...bySubject.values()].flatMap((same) =>
    same.slice(0, 1).map((first) => pendingOf(first, same, reach)),
  );
  const [first] = pending;
  const before = subject(first ?? blocker);
  const rest = rowsOf(progress).flatMap((row) => judge(row, judged, pending, before));
  return [...pending, ...rest].sort((one, other) => rank(one) - rank(other));
}

function rank({ check }: Finding): number {
  return order.get(check) ?? order.size;
}

/** A finding is more than what names it. */
function subject({ check, node }: Blocker): Blocker {
  return { check, ...(node !== undefined && { node }) };
}

/** One finding a subject: several errors about it are said together. */
function pendingOf(first: Attribution, same: readonly Attribution[], reach: Told['reach']): Finding {
  const { check, node, unreached } = first;
  const own = base(check, node);
  if (node !== undefined && unreached !== undefined) {
    return { ...own, ...reach(unseen(node, 0, unreached)) };
  }
  const message = [...new Set(same.map(({ text }) => text))].join('; ');
  return { ...own, status: 'pending', message, hint: advice(check, node === undefined ? [] : [unseen(node, 0)]) };
}

function base(check: string, node: ClusterNode | undefined): Pick<Finding, 'check' | 'stage' | 'node'> {
  return { check, stage: stageOf(check), ...(node !== undefined && { node: node.name }) };
}

function stageOf(check: string): Stage {
  return registered.get(check)?.stage ?? 'connectivity';
}

function judge(
  row: Row,
  judged: readonly ClusterNode[],
  pending: readonly Finding[],
  blocker: Blocker,
): readonly Finding[] {
  const own = pending.filter(({ check }) => check === row.check);
  const named = new Set(own.map(({ node }) => node));
  const concerned = concernedBy(row.scope, judged).filter((node) => !named.has(node?.name));
  const behind = own[0] === undefined ? blocker : subject(own[0]);
  return concerned.map((node) => ({ ...base(row.check, node), ...verdictOn(row, own.length > 0, behind) }));
}

function concernedBy(scope: Scope, judged: readonly ClusterNode[]): readonly (ClusterNode | undefined)[] {
  return scope === 'cluster' ? [undefined] : judged.filter(({ role }) => scope === 'node' || role === 'controlplane');
}

function verdictOn(
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
    ? { status: 'pass', message: registered.get(check)?.title ?? steps.map(({ title }) => title).join(', ') }
    : { status: 'skip', message: `the server skips it: ${skipped.skipped}` };
}
