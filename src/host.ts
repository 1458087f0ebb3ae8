import type { Follower, Span } from './hosts/progress.ts';

/** Who runs the gate, and what they want to hear while it runs. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told every secret before anything else is done with it. They are looked for only where somebody wants to know. */
  mask(secrets: () => readonly string[]): void;
  /** Who tells them how the wait goes. */
  follow(span: Span): Follower;
  readonly signal: AbortSignal;
  /** What the user calls an input, where that is not its name. */
  callInput?(input: string): string;
}
