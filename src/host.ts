import type { Progress, Span } from './hosts/progress.ts';

/** The environment that the gate runs in: a GitHub runner or a command line. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Masks secrets before they are used. Takes a function, which only a host that masks calls. */
  mask(secrets: () => readonly string[]): void;
  /** Starts to report the progress of the wait. */
  openProgress(span: Span): Progress;
  readonly signal: AbortSignal;
  /** Whether it writes the report to a file without being told to. */
  readonly keepsReport?: boolean;
  /** The name of an input for the user, such as its flag. By default, the name of the input. */
  callInput?(input: string): string;
}
