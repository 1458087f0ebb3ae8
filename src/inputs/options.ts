import type { LocateIo } from '../credentials/find-config.ts';
import type { TalosContext } from '../credentials/talosconfig.ts';
import { type Proxying, readProxying, secretsOfProxy } from '../net/proxy.ts';
import { parseBoolean } from '../values/boolean.ts';
import { parseNumber } from '../values/number.ts';
import type { Problem } from '../values/problem.ts';
import { err, ok, type Result } from '../values/result.ts';
import { readContext } from './access.ts';
import { type Baseline, readBaseline } from './baseline.ts';
import { type Expectations, readExpectations } from './expectations.ts';
import { type KubernetesOptions, readKubernetes } from './kubernetes.ts';
import { type Mode, readMode } from './mode.ts';
import { compareWithLists, type NodeLists, readNodeLists } from './nodes.ts';
import { type Output, parseOutput } from './output.ts';
import type { Catalogue } from './policies.ts';
import { type Profile, profiles } from './profiles.ts';
import { InputReader } from './reader.ts';
import { readReboot } from './reboot.ts';
import { readSelection, type Selection } from './selection.ts';
import type { RawInputs } from './table.ts';
import { readTiming, type Timing } from './timing.ts';
import { readUpgrade, type UpgradeTargets } from './upgrade.ts';

/** The parameters of checks, besides the snapshot. */
export interface CheckOptions extends Selection {
  /** The name of the talosconfig's context, for hints; not secret. */
  readonly contextName: string;
  /** The name of the cluster in Sidero Omni, if that is in front of it. */
  readonly omniCluster?: string;
  readonly expected: Expectations;
  /** Absent: no upgrade is judged. */
  readonly upgrade?: UpgradeTargets;
  /** Names, addresses and ids of the nodes that are about to go down. Absent: none. */
  readonly safeToReboot?: readonly string[];
  /** Absent if nothing is compared. */
  readonly baseline?: Baseline;
  /** The days that the client certificate must still be valid, and the severity if it is not. */
  readonly certificate: { readonly minDays: number; readonly expiry: 'warn' | 'fail' };
}

/** The validated options. Durations are in milliseconds. */
export interface Options extends CheckOptions, NodeLists, Timing {
  readonly context: TalosContext;
  readonly mode: Mode;
  readonly profile: Profile;
  readonly kubernetes: KubernetesOptions;
  /** Absent if all connections are direct. */
  readonly proxying?: Proxying;
  /** The name of the gate as given, not sanitized; empty by default. */
  readonly title: string;
  readonly summary: boolean;
  readonly reportFile?: string;
  readonly output: Output;
  readonly junitFile?: string;
  /** Lines of the log of each failing service; 0 fetches none. */
  readonly logLines: number;
}

export type ParsedOptions = Result<Options, readonly Problem[]>;

/** More would leave no room for the rest of the summary. */
const mostLogLines = 1000;
/** Ten years, the longest default lifetime of a client certificate of Talos. */
const mostCertificateDays = 3650;

/**
 * Parses the inputs into options, or returns all their problems at once,
 * including those of the talosconfig.
 *
 * @param catalogue the stages and checks that inputs may name
 */
export async function parseOptions(raw: RawInputs, io: LocateIo, catalogue: Catalogue): Promise<ParsedOptions> {
  const reader = new InputReader(raw);
  const context = await readContext(reader, io);
  const proxying = takeProxying(reader, context, io);
  const kubernetes = await readKubernetes(reader, context, io);
  const lists = readNodeLists(reader, context);
  const mode = readMode(reader);
  const profile = reader.choice('profile', profileNames);
  const selection = readSelection(reader, profile ?? 'default', catalogue);
  const expected = readExpectations(reader);
  compareWithLists(reader, lists, expected);
  const upgrade = readUpgrade(reader);
  const safeToReboot = readReboot(reader);
  const baseline = await readBaseline(reader, io.readFile);
  const minDays = reader.number('min-certificate-days', mostCertificateDays);
  const timing = readTiming(reader, mode);
  const summary = reader.take('summary', parseBoolean(reader.text('summary')));
  const reportFile = reader.text('report-file');
  const junitFile = reader.text('junit-file');
  const logLines = reader.take('log-lines', parseNumber(reader.text('log-lines'), mostLogLines));
  // This input and `quiet` concern only the command line: here they are only validated.
  reader.take('after', parseBoolean(reader.text('after')));
  const output = reader.take('output', parseOutput(reader.text('output')));
  reader.take('quiet', parseBoolean(reader.text('quiet')));
  if (
    reader.problems.length > 0 ||
    context === undefined ||
    kubernetes === undefined ||
    mode === undefined ||
    profile === undefined ||
    selection === undefined ||
    minDays === undefined ||
    timing === undefined ||
    summary === undefined ||
    output === undefined ||
    logLines === undefined
  ) {
    return err(reader.problems);
  }
  const options = {
    contextName: context.name,
    ...(context.credentials.kind === 'service-account' && { omniCluster: context.credentials.cluster }),
    context,
    kubernetes,
    ...(proxying && { proxying }),
    ...lists,
    mode,
    profile,
    ...selection,
    expected,
    ...(upgrade && { upgrade }),
    ...(safeToReboot && { safeToReboot }),
    ...(baseline && { baseline }),
    certificate: { minDays, expiry: profiles[profile].expiry },
    ...timing,
    title: reader.text('title'),
    summary,
    ...(reportFile !== '' && { reportFile }),
    ...(junitFile !== '' && { junitFile }),
    output,
    logLines,
  };
  return ok(options);
}

const profileNames: readonly Profile[] = ['pre-cni', 'default', 'strict'];

function takeProxying(reader: InputReader, context: TalosContext | undefined, io: LocateIo): Proxying | undefined {
  const read = readProxying(context?.proxyUrl, io.env);
  if (!read.ok) {
    reader.problems.push(read.error);
    return undefined;
  }
  const proxying = read.value;
  io.mask(() => (proxying === undefined ? [] : secretsOfProxy(proxying)));
  return proxying;
}
