import type { Hint } from '../checks/check.ts';
import type { Finding } from '../gate/finding.ts';
import type { NodeSnapshot, Snapshot } from '../observe/snapshot.ts';

/** The input of a rule. */
export interface Context {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  /** Pending and failed findings that no earlier rule has claimed, in the order of the checks. */
  readonly open: readonly Finding[];
}

/** The open findings of these checks. */
export function openOf({ open }: Context, ...checks: readonly string[]): readonly Finding[] {
  return open.filter(({ check }) => checks.includes(check));
}

/** The snapshot of the node of a finding. */
export function nodeOf({ snapshot }: Context, { node }: Finding): NodeSnapshot | undefined {
  return node === undefined ? undefined : snapshot.nodes.find((candidate) => candidate.node.name === node);
}

/** A finding with the snapshot of its node. */
export interface OnNode {
  readonly finding: Finding;
  readonly node: NodeSnapshot;
}

/** The open findings of these checks, with the snapshots of their nodes. */
export function openOnNodes(context: Context, ...checks: readonly string[]): readonly OnNode[] {
  const byName = new Map(context.snapshot.nodes.map((node) => [node.node.name, node]));
  return openOf(context, ...checks).flatMap((finding) => {
    const node = byName.get(finding.node ?? '');
    return node === undefined ? [] : [{ finding, node }];
  });
}

/** Merges the hints of findings: each text and each command once. */
export function hintOf(findings: readonly Finding[]): Hint {
  const hints = findings.flatMap(({ hint }) => (hint === undefined ? [] : [hint]));
  return {
    text: [...new Set(hints.map(({ text }) => text))].slice(0, 3).join(' '),
    commands: [...new Set(hints.flatMap(({ commands }) => commands))],
  };
}
