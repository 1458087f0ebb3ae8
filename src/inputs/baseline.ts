import { parseBoolean } from '../values/boolean.ts';
import { type Parsed, quote, refuse } from '../values/problem.ts';
import { ok } from '../values/result.ts';
import { decodeText, looksLikePath } from '../values/text.ts';
import type { NodeInventory } from './inventory.ts';
import type { InputReader } from './reader.ts';

/** What the JSON report of an earlier run says of the cluster. */
export interface Baseline {
  /** When that run began, ISO 8601. */
  readonly startedAt: string;
  readonly nodes: readonly NodeInventory[];
  readonly findings: readonly BaselineFinding[];
  /** Whether an older version than that of the baseline is no regression. */
  readonly allowDowngrade: boolean;
  /** Whether every node must have rebooted since. */
  readonly mustReboot: boolean;
}

interface BaselineFinding {
  readonly check: string;
  /** Absent for the cluster as a whole. */
  readonly node?: string;
  readonly status: (typeof statuses)[number];
  readonly message: string;
}

const statuses = ['pass', 'pending', 'fail', 'blocked', 'skip', 'warn'] as const;

type ReadFile = (path: string) => Promise<Uint8Array>;

const expected = 'the path of a JSON report of talos-health, as report-file writes it';

/** The version of the report's schema that has an inventory of the nodes. */
const schemaVersion = 2;

/** In bytes: a report of 1,000 nodes has a tenth. */
const maxSize = 256 * 1024 * 1024;

/** Undefined if there is no baseline, or it adds a problem. */
export async function readBaseline(reader: InputReader, readFile: ReadFile): Promise<Baseline | undefined> {
  const allowDowngrade = reader.take('allow-downgrade', parseBoolean(reader.text('allow-downgrade')));
  const mustReboot = reader.given('rebooted-since');
  if (mustReboot) reader.choice('rebooted-since', ['baseline']);
  const path = reader.text('baseline');
  if (path === '') {
    for (const name of ['allow-downgrade', 'rebooted-since'] as const) {
      if (reader.differs(name)) {
        reader.take(name, refuse('it to be left out, or a baseline to compare with', 'a value, without baseline'));
      }
    }
    return undefined;
  }
  const read = reader.take('baseline', await readReport(path, readFile));
  if (read === undefined || allowDowngrade === undefined) return undefined;
  const unknown = read.nodes.filter(({ boot }) => boot === undefined).map(({ name }) => name);
  if (mustReboot && unknown.length === read.nodes.length) {
    const hint = 'the nodes did not tell it, or the report was not made to be kept';
    reader.take('rebooted-since', refuse('a baseline that says which boot each node ran', 'one that does not', hint));
  }
  return { ...read, allowDowngrade, mustReboot };
}

type Read = Pick<Baseline, 'startedAt' | 'nodes' | 'findings'>;

async function readReport(path: string, readFile: ReadFile): Promise<Parsed<Read>> {
  const shown = looksLikePath(path) ? `the path ${quote(path)}` : 'a path that is not shown';
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an unknown error';
    return refuse(expected, `${shown}, which cannot be read (${code})`, 'download the artifact with the report before');
  }
  return bytes.length > maxSize ? refuse(expected, `${shown}, which has more than 256 MiB`) : parseReport(bytes, shown);
}

function parseReport(bytes: Uint8Array, shown: string): Parsed<Read> {
  let report: unknown;
  try {
    report = JSON.parse(decodeText(bytes) ?? '');
  } catch {
    return refuse(expected, `${shown}, which is no JSON`);
  }
  if (!isObject(report) || !isObject(report['tool']) || report['tool']['name'] !== 'talos-health') {
    return refuse(expected, `${shown}, which is no report of talos-health`);
  }
  const version = report['schemaVersion'];
  if (version !== schemaVersion) {
    const hint = 'make the baseline with this version of talos-health';
    return refuse(`a report of schema version ${schemaVersion}`, `${shown}, of schema version ${text(version)}`, hint);
  }
  const { cluster, startedAt, findings } = report;
  const listed = isObject(cluster) && Array.isArray(cluster['nodes']) ? cluster['nodes'] : [];
  const nodes = listed.flatMap((node) => inventoryOf(node) ?? []);
  if (nodes.length === 0 || nodes.length < listed.length || typeof startedAt !== 'string') {
    const what = listed.length === 0 ? 'which lists no nodes' : 'whose nodes cannot be read';
    return refuse(expected, `${shown}, ${what}`, 'a run that saw nothing of the cluster is no baseline');
  }
  return ok({
    startedAt,
    nodes,
    findings: Array.isArray(findings) ? findings.flatMap((one) => findingOf(one) ?? []) : [],
  });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text = (value: unknown): string => (typeof value === 'number' ? String(value) : 'unknown');

const optionalTexts = ['nodeId', 'talosVersion', 'kubernetesVersion', 'schematic', 'etcdMemberId'] as const;
const lists = ['extensions', 'staticPods'] as const;

/** The inventory of a node, or undefined if it is malformed. Whatever else is in the report is ignored. */
function inventoryOf(node: unknown): NodeInventory | undefined {
  if (!isObject(node)) return undefined;
  const { name, role, boot, volumes } = node;
  if (typeof name !== 'string' || (role !== 'controlplane' && role !== 'worker')) return undefined;
  const own: Record<string, unknown> = { name, role };
  for (const key of optionalTexts) {
    if (typeof node[key] === 'string') own[key] = node[key];
  }
  for (const key of lists) {
    const list = node[key];
    if (Array.isArray(list)) own[key] = list.filter((one) => typeof one === 'string');
  }
  if (Array.isArray(volumes)) own['volumes'] = volumes.filter(isVolume);
  if (isObject(boot) && (typeof boot['id'] === 'string' || isTime(boot['at']))) own['boot'] = boot;
  return own as unknown as NodeInventory;
}

function findingOf(finding: unknown): BaselineFinding | undefined {
  if (!isObject(finding)) return undefined;
  const { check, node, message } = finding;
  const status = statuses.find((one) => one === finding['status']);
  return typeof check === 'string' && typeof message === 'string' && status !== undefined
    ? { check, ...(typeof node === 'string' && { node }), status, message }
    : undefined;
}

const isVolume = (volume: unknown): boolean =>
  isObject(volume) && typeof volume['id'] === 'string' && typeof volume['phase'] === 'string';

const isTime = (value: unknown): boolean => typeof value === 'string' && !Number.isNaN(Date.parse(value));
