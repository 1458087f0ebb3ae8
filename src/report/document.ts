import type { Stage, Status } from '../checks/check.ts';
import type { RootCause } from '../diagnosis/root-cause.ts';
import type { Finding, Subject } from '../gate/finding.ts';
import type { ServiceLog } from '../observe/logs.ts';
import type { Report } from './model.ts';

/**
 * What the JSON file holds, as docs/report.schema.json describes it: a change
 * that a reader of it could notice raises `schemaVersion`. Times are ISO 8601
 * in UTC, durations seconds.
 */
export interface ReportDocument
  extends Pick<
    Report,
    | 'verdict'
    | 'exitCode'
    | 'reason'
    | 'rounds'
    | 'problems'
    | 'options'
    | 'claim'
    | 'cluster'
    | 'endpoints'
    | 'outputs'
  > {
  readonly schemaVersion: 2;
  readonly tool: { readonly name: 'talos-health'; readonly version: string };
  readonly startedAt: string;
  readonly durationSeconds: number;
  readonly slowestRoundSeconds: number;
  readonly calls?: number;
  readonly bytes?: { readonly sent: number; readonly received: number };
  readonly stages: readonly StageDocument[];
  readonly causes: readonly CauseDocument[];
  readonly findings: readonly FindingDocument[];
  /** Absent if no round was finished. */
  readonly history?: { readonly changes: readonly ChangeDocument[]; readonly dropped: number };
  /** Absent unless they were asked for. */
  readonly logs?: readonly ServiceLog[];
  readonly command?: CommandDocument;
  readonly before?: ReportDocument;
}

export type CommandDocument =
  | { readonly ran: false }
  | {
      readonly ran: true;
      readonly exitCode: number;
      readonly startedAt: string;
      readonly durationSeconds: number;
    };

export interface StageDocument {
  readonly stage: Stage;
  readonly status: Status;
  readonly unsettled?: { readonly from: string; readonly until?: string };
}

export interface CauseDocument
  extends Pick<RootCause, 'id' | 'blames' | 'nodes' | 'title' | 'explanation' | 'stage' | 'status'> {
  readonly hint: HintDocument;
  readonly since?: string;
  readonly findings: readonly Subject[];
  readonly consequences: readonly Subject[];
  readonly notJudged: readonly Subject[];
}

export interface HintDocument {
  /** What the check means when it does not pass. */
  readonly meaning: string;
  readonly text: string;
  readonly commands: readonly string[];
  /** Where the check is described. */
  readonly docs: string;
}

export interface FindingDocument extends Omit<Finding, 'hint' | 'unknown'> {
  readonly hint?: HintDocument;
  /** When this finding was first and last seen with this status. */
  readonly firstSeenAt?: string;
  readonly lastSeenAt?: string;
}

interface ChangeDocument extends Subject {
  readonly at: string;
  /** Absent if the finding is new. */
  readonly from?: Status;
  readonly to: Status;
  readonly message: string;
}
