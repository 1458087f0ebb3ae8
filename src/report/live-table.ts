import { type Stage, stages } from '../checks/check.ts';
import { type Paint, toneOf } from './colour.ts';
import type { LiveRow } from './live-rows.ts';
import { nothing } from './status.ts';
import { displayWidth, fit } from './width.ts';

const gap = 2;
const leastName = 8;
const mostName = 40;

/** For terminals that have no room for the whole names. */
const shortNames: Readonly<Record<Stage, string>> = {
  connectivity: 'connect',
  readiness: 'ready',
  etcd: 'etcd',
  'api-server': 'api',
  'control-plane': 'control',
  nodes: 'nodes',
  'static-pods': 'pods',
  workloads: 'loads',
};

type Heading = (stage: Stage) => string;

/** The stages that there is anything to tell of: nobody needs a column of what does not apply. */
const told = (rows: readonly LiveRow[]): readonly Stage[] =>
  stages.filter((stage) => rows.some(({ cells }) => cells.has(stage)));

const headings: readonly Heading[] = [(stage) => stage, (stage) => shortNames[stage]];

function widths(rows: readonly LiveRow[], heading: Heading): Map<Stage, number> {
  return new Map(
    told(rows).map((stage) => {
      const texts = [heading(stage), ...rows.map(({ cells }) => cells.get(stage)?.text ?? nothing)];
      return [stage, Math.max(...texts.map(displayWidth))];
    }),
  );
}

/**
 * Nodes and stages as lines of at most so many columns, under the longest
 * headings for which there is room; undefined where there is none for any.
 */
export function liveTable(rows: readonly LiveRow[], columns: number, paint: Paint): string[] | undefined {
  const names = Math.min(mostName, Math.max(leastName, ...rows.map(({ name }) => displayWidth(name))));
  for (const [index, heading] of headings.entries()) {
    const taken = widths(rows, heading);
    const room = columns - [...taken.values()].reduce((sum, width) => sum + gap + width, 0);
    // Names are cut where nothing else helps.
    if (room >= (index === headings.length - 1 ? leastName : names)) {
      return render(rows, heading, taken, Math.min(names, room), paint);
    }
  }
  return undefined;
}

function render(
  rows: readonly LiveRow[],
  heading: Heading,
  taken: ReadonlyMap<Stage, number>,
  names: number,
  paint: Paint,
): string[] {
  const columns = [...taken.keys()];
  // Laid out first and coloured then, since colours take no room; the blanks after the last cell are of no use.
  const line = (name: string, cell: (stage: Stage, fitted: (text: string) => string) => string): string =>
    [
      fit(name, names),
      ...columns.map((stage) =>
        cell(stage, (text) => (stage === columns.at(-1) ? text : fit(text, taken.get(stage) ?? 0))),
      ),
    ].join(' '.repeat(gap));
  return [
    line('', (stage, fitted) => paint('heading', fitted(heading(stage)))),
    ...rows.map(({ name, cells }) =>
      line(name, (stage, fitted) => {
        const cell = cells.get(stage);
        return cell === undefined ? paint('quiet', fitted(nothing)) : paint(toneOf(cell.status), fitted(cell.text));
      }),
    ),
  ];
}
