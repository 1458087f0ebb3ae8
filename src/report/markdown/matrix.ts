import { type Stage, type Status, stages } from '../../checks/check.ts';
import { isFine, isUnresolved, subjectKey, worst } from '../../gate/finding.ts';
import type { Report } from '../model.ts';
import { markdown } from '../sanitize/escape.ts';
import { sanitize, shorten } from '../sanitize/sanitize.ts';
import { finalStatus, matrixSymbol, word } from '../status.ts';
import type { Row } from '../view.ts';
import { type Block, chunk, fold, table } from './blocks.ts';
import { appliesNowhere, notCheckedLine } from './not-checked.ts';

/** More rows are grouped: failing nodes by their cause, healthy ones by their cells. */
const maxRows = 10;
const maxGroups = 20;
const rowsPerFold = 1000;
/** Nodes that a group names, and graphemes of a name. */
const namedNodes = 2;
const maxName = 32;

/** A node, or several of the same kind. */
interface Line {
  readonly names: readonly string[];
  /** Markdown before the names. */
  readonly mark: string;
  readonly cells: ReadonlyMap<Stage, Status>;
}

type Lines = readonly Line[];

/** 0 with a failure of its own, 1 if blocked by another one, 2 if healthy. */
function trouble(row: Row): number {
  return isUnresolved(row) ? 0 : isFine(row) ? 2 : 1;
}

/** Failing nodes first, then blocked ones; control planes first among equals. */
function byTrouble(one: Row, other: Row): number {
  return trouble(one) - trouble(other) || Number(one.role === 'worker') - Number(other.role === 'worker');
}

/** The domain that all of these names have in common, such as `.example.com`; else empty. */
function commonDomain(names: readonly string[]): string {
  const domains = new Set(names.map((name) => (/^[\d.]+$/.test(name) ? '' : name.replace(/^[^.]*/, ''))));
  const [domain = ''] = domains;
  return domains.size === 1 ? domain : '';
}

/** The cells of a row, without those of checks that apply nowhere: a line below the table has them. */
function lineOf(row: Row, checked: ReadonlySet<string>, domain: string): Line {
  const cells = [...row.cells].flatMap(([stage, { status }]) =>
    checked.has(subjectKey({ check: stage, node: row.role && row.name })) ? [[stage, status] as const] : [],
  );
  const name = row.name.slice(0, row.name.length - domain.length);
  return { names: row.role === undefined ? [] : [name], mark: '', cells: new Map(cells) };
}

/** One line for all of these: each cell the worst of theirs. */
function mergeLines(lines: Lines, mark: string): Line {
  const cells = stages.flatMap((stage) => {
    const status = worst(
      lines.flatMap(({ cells: own }) => (own.has(stage) ? [{ status: own.get(stage) ?? 'skip' }] : [])),
    );
    return status === undefined ? [] : [[stage, status] as const];
  });
  return { names: lines.flatMap(({ names }) => names), mark, cells: new Map(cells) };
}

/** By their causes; if there are many of them, by their cells. */
function groupUnhealthy(rows: readonly Row[], lines: ReadonlyMap<Row, Line>, report: Report): Lines {
  const groups = byCause(rows, lines, report);
  return groups.length > maxGroups ? byPattern(rows, lines) : groups;
}

/** A line per cause, with the number that it has in the list of causes; nodes that are only blocked have a line of their own. */
function byCause(rows: readonly Row[], lines: ReadonlyMap<Row, Line>, { causes }: Report): Lines {
  const causeOf = new Map<string, number>();
  for (const [index, { findings, consequences, notJudged }] of causes.entries()) {
    for (const { node } of [...findings, ...consequences, ...notJudged]) {
      causeOf.set(node ?? '', causeOf.get(node ?? '') ?? index);
    }
  }
  const same = [...Map.groupBy(rows, ({ name }) => causeOf.get(name) ?? causes.length)];
  return same
    .toSorted(([one], [other]) => one - other)
    .flatMap(([index, all]) =>
      [...Map.groupBy(all, trouble).values()].map((group) =>
        mergeLines(
          group.flatMap((row) => lines.get(row) ?? []),
          index < causes.length ? `${index + 1}. ` : '',
        ),
      ),
    );
}

/** A line per role and pattern of cells. */
function byPattern(rows: readonly Row[], lines: ReadonlyMap<Row, Line>): Lines {
  const same = Map.groupBy(rows, (row) => JSON.stringify([row.role, [...(lines.get(row)?.cells ?? [])]]));
  return [...same.values()].map((group) =>
    mergeLines(
      group.flatMap((row) => lines.get(row) ?? []),
      '',
    ),
  );
}

function nameLine({ names, mark }: Line): string {
  if (names.length === 0) {
    return '**cluster**';
  }
  const shown = names.slice(0, names.length > namedNodes + 1 ? namedNodes : names.length);
  const rest = names.length - shown.length;
  const list = shown.map((name) => markdown(shorten(sanitize(name), maxName))).join(', ');
  return `${mark}${list}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function tableOf(lines: Lines, columns: readonly Stage[], { verdict }: Report): string {
  const rows = lines.map((line) => [
    nameLine(line),
    ...columns.map((stage) => {
      const status = line.cells.get(stage);
      return status === undefined ? '' : matrixSymbol(finalStatus(status, verdict));
    }),
  ]);
  // Headings of two lines leave room for names: browsers would rather break those.
  return table(['node', ...columns.map((stage) => stage.replace('-', '-<br>'))], rows);
}

/** What the symbols mean, those that the table has. */
function legend(lines: Lines, { verdict }: Report): string {
  const found = lines.flatMap(({ cells }) => [...cells.values()].map((status) => finalStatus(status, verdict)));
  const order: readonly Status[] = ['pass', 'fail', 'pending', 'blocked', 'warn', 'skip'];
  return order
    .filter((status) => found.includes(status))
    .map((status) => `${matrixSymbol(status)}\u00a0${word(status)}`)
    .join(' · ');
}

function folds(title: string, lines: Lines, columns: readonly Stage[], rank: number, report: Report): Block[] {
  return chunk(lines, rowsPerFold).map((part, index) => {
    const from = index * rowsPerFold + 1;
    const range = lines.length > rowsPerFold ? `, ${from} to ${from + part.length - 1}` : '';
    return { text: fold(`${title}${range}`, tableOf(part, columns, report)), rank };
  });
}

/**
 * The matrix of nodes and stages: the cluster first, then unhealthy nodes. Many nodes are grouped, and each of them is in
 * a folded table below. Stages to which nothing applies have no column.
 */
export function matrix(report: Report): Block[] {
  if (report.findings.length === 0) {
    return [];
  }
  const nowhere = appliesNowhere(report);
  const checked = new Set(
    report.findings
      .filter(({ check }) => !nowhere.has(check))
      .map(({ stage, node }) => subjectKey({ check: stage, node })),
  );
  const domain = commonDomain(report.rows.flatMap(({ name, role }) => (role === undefined ? [] : [name])));
  const lines = new Map(report.rows.map((row) => [row, lineOf(row, checked, row.role === undefined ? '' : domain)]));
  const linesOf = (rows: readonly Row[]): Lines => rows.flatMap((row) => lines.get(row) ?? []);
  const nodes = report.rows.filter(({ role }) => role !== undefined).sort(byTrouble);
  const unhealthy = nodes.filter((row) => !isFine(row));
  const healthy = nodes.filter(isFine);
  const [manyUnhealthy, manyHealthy] = [unhealthy.length > maxRows, healthy.length > maxRows];
  const columns = stages.filter((stage) => [...lines.values()].some(({ cells }) => cells.has(stage)));
  const open = [
    ...linesOf(report.rows.filter(({ role }) => role === undefined)),
    ...(manyUnhealthy ? groupUnhealthy(unhealthy, lines, report) : linesOf(unhealthy)).slice(0, maxGroups),
    ...(manyHealthy ? byPattern(healthy, lines) : linesOf(healthy)).slice(0, maxGroups),
  ];
  return [
    { text: tableOf(open, columns, report), rank: 0 },
    { text: [legend(open, report), ...notCheckedLine(report)].join('\n\n'), rank: 0 },
    ...folds(
      `${unhealthy.length} nodes that are not healthy`,
      manyUnhealthy ? linesOf(unhealthy) : [],
      columns,
      3,
      report,
    ),
    ...folds(`${healthy.length} healthy nodes`, manyHealthy ? linesOf(healthy) : [], columns, 5, report),
  ];
}
