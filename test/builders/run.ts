import type { Host } from '../../src/host.ts';
import type { RawInputs } from '../../src/inputs/table.ts';
import { renderJson } from '../../src/report/files/json.ts';
import type { Report } from '../../src/report/model.ts';
import { run as runGate } from '../../src/run.ts';
import { assertConsistentReport } from './schema.ts';

/** Runs the gate like the entry points, and validates its report. */
export async function run(raw: RawInputs, host: Host): Promise<Report> {
  const report = await runGate(raw, host);
  assertConsistentReport(renderJson(report));
  return report;
}
