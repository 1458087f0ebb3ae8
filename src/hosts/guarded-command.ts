import type { GuardedCommand, Report } from '../report/model.ts';

/** What whoever runs the gate brings for it to guard a command. */
export interface GuardSteps {
  /** One gate, from its beginning to its end. */
  gate(): Promise<Report>;
  /** Puts the report that stays into its files: before it is told, since nobody may be there to be told. */
  keep(report: Report): Promise<void>;
  /** Tells a report, as soon as there is one. */
  show(report: Report): void;
  /** Runs the command and resolves with its exit code. */
  command(): Promise<number>;
  /** Whether to gate again once the command has ended. */
  readonly after: boolean;
}

/** How it ended, and the report to keep: that of the last gate, with what was before it. */
export interface Guarded {
  readonly report: Report;
  readonly exitCode: number;
}

/**
 * Gate, run, gate again. The command is run only on a cluster that is healthy.
 * The gate after it is run even where the command failed, since that is when it
 * matters most how the cluster is; but then the exit code is the command's.
 */
export async function guard({ gate, keep, show, command, after }: GuardSteps): Promise<Guarded> {
  const before = await gate();
  if (before.exitCode !== 0) {
    const report: Report = { ...before, command: { ran: false } };
    await keep(report);
    show(report);
    return { report, exitCode: report.exitCode };
  }
  show(before);
  const startedAt = Date.now();
  const exitCode = await command();
  const ran: GuardedCommand = { ran: true, exitCode, startedAt, endedAt: Date.now() };
  if (!after) {
    const report: Report = { ...before, command: ran };
    await keep(report);
    return { report, exitCode };
  }
  const report: Report = { ...(await gate()), command: ran, before };
  await keep(report);
  show(report);
  return { report, exitCode: exitCode === 0 ? report.exitCode : exitCode };
}
