import { count } from '../checks/text.ts';
import type { Claim } from '../gate/claim.ts';
import type { Excuse } from '../gate/finding.ts';

/** Names per list; the JSON report has all of them. */
const maxNames = 6;

/** Such as `coredns and kube-proxy`, or `a, b, c and 4 more`. */
function list(names: readonly string[]): string {
  const rest = names.length - maxNames;
  const shown = rest > 0 ? [...names.slice(0, maxNames), `${rest} more`] : names;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

function byInput<T extends { readonly input: string }>(limits: readonly T[]): readonly (readonly [string, T[]])[] {
  return [...Map.groupBy(limits, ({ input }) => input)];
}

const checksOf = (limits: readonly { readonly check: string }[]): string => list(limits.map(({ check }) => check));

function stagesPart({ until, beyond }: Claim): string[] {
  if (until === undefined) {
    return [];
  }
  const more = beyond.length === 0 ? '' : ` and ${list(beyond)}`;
  return [`stages up to ${until.stage}${more}${until.input === 'until' ? '' : ` (${until.input})`}`];
}

function nodesPart({ nodes: { known, judged, input } }: Claim): string {
  const by = input === undefined || judged.length === known ? '' : ` (${input})`;
  return `${judged.length} of ${count(known, 'node')}${by}`;
}

function ignoredPart(ignored: Claim['ignored'][number]): string {
  switch (ignored.what) {
    case 'diagnostics':
      return `without the diagnostics ${list(ignored.ids)} (${ignored.input})`;
    case 'cordoned-nodes':
      return `without regard to cordoned nodes (${ignored.input})`;
    case 'kubernetes-api':
      return `without the Kubernetes API (${ignored.input})`;
  }
}

const uncounted: Readonly<Record<Excuse, string>> = {
  'enough-workers': 'unhealthy and not counted',
  'to-reboot': 'about to go down, its faults not counted',
  gone: 'taken for gone and not counted',
};

/** What an input does not count, if that is not control planes. */
const nouns: Readonly<Record<string, string>> = {
  'expected-workers': 'worker',
  'min-healthy-workers': 'worker',
  'safe-to-reboot': 'node',
};

/** What the verdict covers; empty if it covers the whole cluster. Not escaped. */
export function claimText(claim: Claim | undefined): string {
  if (!claim?.narrowed) {
    return '';
  }
  const notCounted = Map.groupBy(claim.notCounted, ({ reason, input }) => JSON.stringify([reason, input]));
  return [
    ...stagesPart(claim),
    nodesPart(claim),
    ...byInput(claim.leftOut).map(([input, limits]) => `without ${checksOf(limits)} (${input})`),
    ...claim.ignored.map(ignoredPart),
    ...byInput(claim.warnOnly).map(([input, limits]) => `${checksOf(limits)} only as a warning (${input})`),
    ...[...notCounted.values()].flatMap((same) =>
      same.slice(0, 1).map(({ reason, input = 'no longer in discovery and etcd' }) => {
        return `${count(same.length, nouns[input] ?? 'control plane')} ${uncounted[reason]} (${input})`;
      }),
    ),
  ].join(', ');
}
