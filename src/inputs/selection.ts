import { parseNode } from '../values/address.ts';
import { type Parsed, quote, refuse } from '../values/problem.ts';
import { ok } from '../values/result.ts';
import { type Catalogue, type Policies, readPolicies, type Until } from './policies.ts';
import type { Profile } from './profiles.ts';
import type { InputReader } from './reader.ts';

const cordonedWords = ['fail', 'warn', 'ignore'] as const;

/** The minimum of healthy workers: a number, or a percentage of all, rounded up. */
type MinHealthyWorkers = { readonly count: number } | { readonly percent: number };

/** What to evaluate, and the severity of faults. */
export interface Selection {
  /** Names, addresses, roles or patterns of the nodes to evaluate; empty means all. Cluster-wide checks ignore it. */
  readonly onlyNodes: readonly string[];
  readonly policies: Policies;
  /** Absent: all stages. */
  readonly until?: Until;
  /** Ids of Talos's diagnostics. */
  readonly ignoreDiagnostics: readonly string[];
  readonly cordoned: (typeof cordonedWords)[number];
  /** Absent: all of them. */
  readonly minHealthyWorkers?: MinHealthyWorkers;
}

export function readSelection(reader: InputReader, profile: Profile, catalogue: Catalogue): Selection | undefined {
  const onlyNodes = readOnlyNodes(reader);
  const { policies, until } = readPolicies(reader, profile, catalogue);
  const ignoreDiagnostics = reader
    .list('ignore-diagnostics')
    .flatMap((id) => reader.take('ignore-diagnostics', parseDiagnostic(id)) ?? []);
  const cordoned = reader.choice('cordoned', cordonedWords);
  if (reader.given('cordoned') && cordoned === 'warn' && policies.get('node-schedulable')?.policy === 'skip') {
    const { by } = policies.get('node-schedulable') ?? {};
    reader.take('cordoned', refuse('the check node-schedulable to be judged', `"warn", while ${by} skips it`));
  }
  const minHealthyWorkers = reader.given('min-healthy-workers')
    ? reader.take('min-healthy-workers', parseMinimum(reader.text('min-healthy-workers')))
    : undefined;
  return (
    cordoned && {
      onlyNodes,
      policies,
      ...(until && { until }),
      ignoreDiagnostics: [...new Set(ignoreDiagnostics)],
      cordoned,
      ...(minHealthyWorkers !== undefined && { minHealthyWorkers }),
    }
  );
}

/** Each once, in the order given; in lower case, and addresses canonical. */
function readOnlyNodes(reader: InputReader): readonly string[] {
  const selectors = reader.list('only-nodes').flatMap((entry) => reader.take('only-nodes', parseSelector(entry)) ?? []);
  return [...new Set(selectors)];
}

function parseSelector(entry: string): Parsed<string> {
  const expected = 'a name, an address, controlplane, worker, or a pattern such as worker-*';
  if (/[*?]/.test(entry)) {
    return /^[\w.:*?-]{1,253}$/.test(entry) ? ok(entry.toLowerCase()) : refuse(expected, quote(entry));
  }
  if (/^control-?plane$/i.test(entry)) return ok('controlplane');
  const node = parseNode(entry);
  return node.ok ? node : refuse(expected, node.error.got, node.error.hint);
}

/** As Talos names them; whether there is such a diagnostic depends on its version. */
function parseDiagnostic(text: string): Parsed<string> {
  return /^[a-z0-9-]{1,100}$/.test(text)
    ? ok(text)
    : refuse("ids of Talos's diagnostics, such as address-overlap", quote(text));
}

function parseMinimum(text: string): Parsed<MinHealthyWorkers> {
  const [, digits, sign] = /^(\d{1,6})\s*(%?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (digits !== undefined && sign === '') return ok({ count: value });
  if (digits !== undefined && value <= 100) return ok({ percent: value });
  return refuse('a number of workers, or a percentage from 0% to 100%, such as 3 or 80%', quote(text));
}
