import type { GuardedCommand, Report } from '../report/model.ts';

/** The steps of a guarded command. */
export interface GuardSteps {
  /** Runs the gate once, before or after the command. */
  gate(when: 'before' | 'after'): Promise<Report>;
  /** Writes the final report to its files. Called before `show`, whose reader may be gone. */
  save(report: Report): Promise<void>;
  /** Prints a report. */
  show(report: Report): void | Promise<void>;
  /** Runs the command and resolves with its exit code. */
  command(): Promise<number>;
  /** Whether to run the gate again after the command. */
  readonly after: boolean;
}

/** The final report, which is that of the last gate, and the exit code. */
export interface Guarded {
  readonly report: Report;
  readonly exitCode: number;
}

/**
 * Runs the gate, the command and the gate again. The command runs only if the
 * cluster is healthy. The gate runs again even if the command failed, because the
 * state of the cluster matters most then; the exit code is still the command's.
 */
export async function guard({ gate, save, show, command, after }: GuardSteps): Promise<Guarded> {
  const before = await gate('before');
  if (before.exitCode !== 0) {
    const report: Report = { ...before, command: { ran: false } };
    await save(report);
    await show(report);
    return { report, exitCode: report.exitCode };
  }
  await show(before);
  const startedAt = Date.now();
  const exitCode = await command();
  const ran: GuardedCommand = { ran: true, exitCode, startedAt, endedAt: Date.now() };
  if (!after) {
    const report: Report = { ...before, command: ran };
    await save(report);
    return { report, exitCode };
  }
  const report: Report = { ...(await gate('after')), command: ran, before };
  await save(report);
  await show(report);
  return { report, exitCode: exitCode === 0 ? report.exitCode : exitCode };
}
