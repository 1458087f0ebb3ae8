import type { Hint, Stage, Status } from '../checks/check.ts';
import type { Finding } from '../gate/finding.ts';
import type { Context } from './context.ts';

/** On whom it lies: nodes, the cluster as a whole, or what the caller brought. */
type Blames = 'nodes' | 'cluster' | 'talosconfig' | 'endpoints' | 'clocks';

/** What a rule has found. */
export interface Match {
  readonly blames: Blames;
  /** Names; none but for `nodes`. */
  readonly nodes: readonly string[];
  /** What is wrong, on one line, to be read behind the names of the nodes. Holds words of nodes. */
  readonly title: string;
  /** What that means, in a sentence or two. */
  readonly explanation: string;
  readonly hint: Hint;
  /** What it is seen by, the deepest first; at least one. */
  readonly findings: readonly Finding[];
  /** What follows from it: blocked by it, or failing on its own as far as the checks can tell. */
  readonly consequences?: readonly Finding[];
}

/** One kind of cause, and the rule that finds it. */
export interface Rule {
  /** Stable, like the ids of the checks. */
  readonly id: string;
  /** What the rule matches, in a sentence, for the documentation. */
  readonly symptom: string;
  match(context: Context): readonly Match[];
}

/** Something that went wrong, with all that follows from it. Each finding that is not well belongs to exactly one. */
export interface RootCause extends Required<Match> {
  /** Of the rule, else of the check that fails. */
  readonly id: string;
  /** Of the first finding that it is seen by. */
  readonly check: string;
  readonly stage: Stage;
  /** The worst of the findings that it is seen by. */
  readonly status: Status;
  /** When it began, epoch milliseconds: since then its nodes, or the cluster, have not been fine. Absent without a history. */
  readonly since?: number;
  /** What is blocked by it, and of which nothing can be known before. */
  readonly notJudged: readonly Finding[];
}
