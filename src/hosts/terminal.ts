import type { Host } from '../host.ts';
import { parseOutput } from '../inputs/output.ts';
import { inputText, type RawInputs } from '../inputs/table.ts';
import { renderJson } from '../report/files/json.ts';
import type { Report } from '../report/model.ts';
import { inColour, withoutColour } from '../report/terminal/colour.ts';
import { finalText, shortText } from '../report/terminal/console.ts';
import type { TextView } from '../report/terminal/stage-lines.ts';
import { parseBoolean } from '../values/boolean.ts';
import { logProgress } from './progress.ts';
import { isLive, wantsColour } from './terminal-support.ts';

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

function viewOn({ isTTY }: { readonly isTTY: boolean }): TextView {
  const paint = wantsColour(isTTY, process.env) ? inColour : withoutColour;
  return { groups: process.env['GITHUB_ACTIONS'] === 'true', paint };
}

/** @param stream for text; JSON is always written to standard output */
export function show(report: Report, { json, quiet }: Presentation, stream: NodeJS.WriteStream = process.stdout): void {
  if (!json) {
    stream.write(`${(quiet ? shortText : finalText)(report, viewOn(stream)).trimEnd()}\n`);
    return;
  }
  process.stdout.write(renderJson(report));
  if (!quiet) {
    console.error(shortText(report, viewOn(process.stderr)).trimEnd());
  }
}
