import type { Host } from '../host.ts';
import { parseOutput } from '../inputs/output.ts';
import { inputText, type RawInputs } from '../inputs/table.ts';
import { renderJson } from '../report/files/json.ts';
import type { Report } from '../report/model.ts';
import { inColour, withoutColour } from '../report/terminal/colour.ts';
import { finalText, shortText } from '../report/terminal/console.ts';
import { logView, type TextView } from '../report/terminal/text-view.ts';
import { parseBoolean } from '../values/boolean.ts';
import { logProgress } from './progress.ts';
import { foldIn, isLive, wantsColour } from './terminal-support.ts';

/** How to present the result. Invalid values have the default here, and are reported as problems elsewhere. */
export interface Presentation {
  readonly json: boolean;
  readonly quiet: boolean;
}

export function presentation(raw: RawInputs): Presentation {
  const output = parseOutput(inputText(raw, 'output'));
  const quiet = parseBoolean(inputText(raw, 'quiet'));
  return { json: output.ok && output.value === 'json', quiet: quiet.ok && quiet.value };
}

/** Loaded only for a terminal: the table of character widths is slow to load. */
async function loadLive() {
  const [{ drawProgress }, { openScreen }] = await Promise.all([
    import('./progress-on-screen.ts'),
    import('./screen.ts'),
  ]);
  return { drawProgress, openScreen };
}

/** Progress goes to standard error, so that standard output contains only the report. */
export async function openHost({ quiet }: Presentation, signal: AbortSignal): Promise<Omit<Host, 'callInput'>> {
  const { env, stderr } = process;
  const live = !quiet && isLive(stderr.isTTY, env) ? await loadLive() : undefined;
  return {
    env,
    mask: () => undefined,
    openProgress: (span) =>
      live?.drawProgress(live.openScreen(stderr, env), span) ??
      logProgress((line) => (quiet ? undefined : console.error(line)), span),
    signal,
  };
}

/** Below the text a shell shows its prompt, of one or two rows. */
const promptRows = 2;
const minRows = 10;

/** Of a terminal the width and the height count; a log has neither. */
async function viewOn({ isTTY, columns, rows }: NodeJS.WriteStream, at: number): Promise<TextView> {
  const { env } = process;
  const fold = foldIn(env, at);
  const view = {
    ...logView,
    paint: wantsColour(isTTY, env) ? inColour : withoutColour,
    ...(fold !== undefined && { fold }),
  };
  // Some terminals report no size, or 0.
  if (!isTTY || !columns || !rows) {
    return view;
  }
  const { wrapAt } = await import('../report/terminal/wrap.ts');
  return { ...view, wrap: wrapAt(columns), rows: Math.max(minRows, rows - promptRows) };
}

/** @param stream for text; JSON is always written to standard output */
export async function show(
  report: Report,
  { json, quiet }: Presentation,
  stream: NodeJS.WriteStream = process.stdout,
): Promise<void> {
  if (!json) {
    const view = await viewOn(stream, report.endedAt);
    stream.write(`${(quiet ? shortText : finalText)(report, view).trimEnd()}\n`);
    return;
  }
  process.stdout.write(renderJson(report));
  if (!quiet) {
    console.error(shortText(report, await viewOn(process.stderr, report.endedAt)).trimEnd());
  }
}
