import type { Hint } from '../checks/check.ts';
import type { Finding } from '../gate/finding.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';

/** What a rule sees. */
export interface Context {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  /** Pending and failed findings that no cause has claimed yet, in the order of the checks. */
  readonly open: readonly Finding[];
}

/** The open findings of this check (or of these). */
export function openOf({ open }: Context, ...checks: readonly string[]): readonly Finding[] {
  return open.filter(({ check }) => checks.includes(check));
}

/** What was seen of the node of a finding. */
export function nodeOf({ snapshot }: Context, { node }: Finding): NodeSnapshot | undefined {
  return node === undefined ? undefined : snapshot.nodes.find((candidate) => candidate.node.name === node);
}

/** A finding with what was seen of its node. */
export interface OnNode {
  readonly finding: Finding;
  readonly node: NodeSnapshot;
}

/** Open findings of these checks with what was seen of their nodes. */
export function openOnNodes(context: Context, ...checks: readonly string[]): readonly OnNode[] {
  const byName = new Map(context.snapshot.nodes.map((node) => [node.node.name, node]));
  return openOf(context, ...checks).flatMap((finding) => {
    const node = byName.get(finding.node ?? '');
    return node === undefined ? [] : [{ finding, node }];
  });
}

/** The hints of findings as one: each text once, and the commands for every node. */
export function hintOf(findings: readonly Finding[]): Hint {
  const hints = findings.flatMap(({ hint }) => (hint === undefined ? [] : [hint]));
  return {
    text: [...new Set(hints.map(({ text }) => text))].slice(0, 3).join(' '),
    commands: [...new Set(hints.flatMap(({ commands }) => commands))],
  };
}
