import type { Hint, Stage, Status } from '../checks/check.ts';
import type { Finding } from '../gate/finding.ts';
import type { Context } from './context.ts';

/** What is at fault: nodes, the cluster as a whole, or the caller's configuration. */
type Blames = 'nodes' | 'cluster' | 'talosconfig' | 'service account' | 'endpoints' | 'clocks';

/** The result of a rule. */
export interface Match {
  readonly blames: Blames;
  /** Names; empty unless `blames` is `nodes`. */
  readonly nodes: readonly string[];
  /** What is wrong, on one line that follows the names of the nodes. May quote nodes: untrusted. */
  readonly title: string;
  /** What it means, in a sentence or two. */
  readonly explanation: string;
  readonly hint: Hint;
  /** Its symptoms, in the order of the checks; at least one. */
  readonly findings: readonly Finding[];
  /** Findings that follow from it: blocked by it, or failing by their own checks. */
  readonly consequences?: readonly Finding[];
}

/** Recognises one kind of cause. */
export interface Rule {
  /** Stable, like the ids of checks. */
  readonly id: string;
  /** What the rule matches, in a sentence, for the documentation. */
  readonly symptom: string;
  match(context: Context): readonly Match[];
}

/** A root cause with its consequences. Each finding that is pending, failed or blocked belongs to exactly one. */
export interface RootCause extends Required<Match> {
  /** Of the rule, or of the failing check if no rule matches. */
  readonly id: string;
  /** Of the first finding. */
  readonly check: string;
  readonly stage: Stage;
  /** The worst of its findings. */
  readonly status: Status;
  /** When it began, in epoch milliseconds: since then its nodes, or the cluster, have not been healthy. Absent without a history. */
  readonly since?: number;
  /** Findings that it blocks, whose result is unknown until it is fixed. */
  readonly notJudged: readonly Finding[];
}
