/** What the documentation says of a check beyond what the check itself holds. Markdown, sentences without their full stop. */
export interface Notes {
  /** Where it comes from: calls of the Talos API, or what else is read. */
  readonly reads: string;
  readonly pending: string;
  readonly fail?: string;
  readonly warn?: string;
  readonly skip?: string;
  /** Ids of further checks that may stand behind it, besides those that it requires. */
  readonly explainedBy?: readonly string[];
  /** What `talosctl health` makes of the same, and where this check is stricter. */
  readonly talosctl: string;
  /** What to do, as a sentence. */
  readonly advice: string;
  readonly commands: readonly string[];
}

/** By the id of the check. */
export type StageNotes = Readonly<Record<string, Notes>>;
