import { logLine } from './escape.ts';
import { causes, type Group, nameNodes, warnings } from './groups.ts';
import type { Report } from './model.ts';
import { count } from './words.ts';

/** GitHub shows ten of a level a step; the tenth says how many there are besides. */
const most = 9;

export interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  /** Several lines, none of which holds a workflow command. */
  readonly message: string;
}

function describe({ nodes, message, hints, commands }: Group): string[] {
  return [
    logLine(`${nameNodes(nodes, 10)}: ${message}`),
    ...hints.slice(0, 1).map((text) => logLine(text)),
    ...commands.slice(0, 3).map((command) => logLine(command, 2)),
  ];
}

/** One annotation a check: its observations one after another, each with what to do. */
function annotate(level: Annotation['level'], groups: readonly Group[]): Annotation[] {
  return [...Map.groupBy(groups, ({ check }) => check)].map(([check, same]) => {
    const nodes = same.flatMap((group) => group.nodes);
    const more = same.length - 3;
    const lines = same.slice(0, 3).flatMap(describe);
    return {
      level,
      title: logLine(`${check}: ${nameNodes(nodes, 3)}`),
      message: [...lines, ...(more > 0 ? [`and ${count(more, 'more finding')} of this check`] : [])].join('\n'),
    };
  });
}

/** One a failing check, the cause first, then the warnings; nine of them, and then how many more there are. */
export function annotations({ problems, findings }: Report): Annotation[] {
  const all: Annotation[] = [
    ...problems.map(({ input, expected, got, hint }) => ({
      level: 'error' as const,
      title: logLine(`input ${input}`),
      message: logLine(`expected ${expected}; got ${got}${hint === undefined ? '' : `; ${hint}`}`),
    })),
    ...annotate('error', causes(findings)),
    ...annotate('warning', warnings(findings)),
  ];
  const [next] = all.slice(most);
  if (next === undefined) {
    return all;
  }
  const rest = {
    level: next.level,
    title: 'talos-health',
    message: `${all.length - most} more: see the summary of the job`,
  };
  return [...all.slice(0, most), rest];
}
