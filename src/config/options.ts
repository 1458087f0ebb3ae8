import type { HostPort } from './address.ts';
import { parseBoolean } from './boolean.ts';
import { formatDuration, parseDuration } from './duration.ts';
import type { RawInputs } from './inputs.ts';
import { type LocateIo, locateTalosconfig } from './locate.ts';
import { parseNumber } from './number.ts';
import { parseOutput } from './output.ts';
import { type Problem, quote, refuse } from './problem.ts';
import { InputReader } from './reader.ts';
import { secretsOf } from './secrets.ts';
import { parseTalosconfig, type TalosContext } from './talosconfig.ts';

/** What checks may depend on, apart from the snapshot. */
export interface CheckOptions {
  /** Name of the talosconfig's context, for hints; never a secret. */
  readonly contextName: string;
  /** Names or addresses of the nodes to judge; empty means all. Checks of the whole cluster always judge all of it. */
  readonly onlyNodes: readonly string[];
}

/** One validated, readonly object: nothing behind it parses a string again. Durations are in milliseconds. */
export interface Options extends CheckOptions {
  readonly context: TalosContext;
  /** In the order given; at least one. */
  readonly endpoints: readonly HostPort[];
  /** Given lists are the cluster; both empty means discovery. Hosts without port. */
  readonly controlPlaneNodes: readonly string[];
  readonly workerNodes: readonly string[];
  /** Whom discovery asks; empty means the endpoint itself. */
  readonly nodes: readonly string[];
  /** 0: one look at the status now. */
  readonly waitTimeout: number;
  /** How long it must stay healthy; at most `waitTimeout`. */
  readonly stableFor: number;
  readonly retryInterval: number;
  readonly rpcTimeout: number;
  readonly summary: boolean;
  readonly reportFile?: string;
  readonly junitFile?: string;
  /** Of each failing service's log; 0 fetches none. */
  readonly logLines: number;
}

export type ParsedOptions =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface OptionsIo extends LocateIo {
  /** Told every secret of a talosconfig before anything else is done with it. */
  readonly mask: (secrets: readonly string[]) => void;
}

/** Shorter ones would only keep the cluster and the processor busy. In milliseconds. */
const shortestPause = 10;
/** More would crowd everything else out of the summary. */
const mostLogLines = 1000;

/**
 * The options that the inputs mean, or everything that is wrong with them at
 * once: the talosconfig's problems beside those of the other inputs.
 */
export async function parseOptions(raw: RawInputs, io: OptionsIo): Promise<ParsedOptions> {
  const reader = new InputReader(raw);
  const context = await readContext(reader, io);
  const endpoints = readEndpoints(reader, context);
  const controlPlaneNodes = reader.nodes('control-plane-nodes', reader.list('control-plane-nodes'));
  const workerNodes = reader.nodes('worker-nodes', reader.list('worker-nodes'));
  for (const node of workerNodes.filter((worker) => controlPlaneNodes.includes(worker))) {
    const expected = 'nodes that are not in control-plane-nodes';
    reader.take(
      'worker-nodes',
      refuse(expected, quote(node), 'a node is in one list: control planes run workloads too'),
    );
  }
  const givenNodes = reader.list('nodes');
  const nodes =
    givenNodes.length > 0 ? reader.nodes('nodes', givenNodes) : reader.nodes('talosconfig', context?.nodes ?? []);
  const onlyNodes = reader.nodes('only-nodes', reader.list('only-nodes'));
  const waitTimeout = reader.take('wait-timeout', parseDuration(reader.text('wait-timeout'), 0));
  const stableFor = reader.take('stable-for', parseDuration(reader.text('stable-for'), 0));
  if (stableFor !== undefined && waitTimeout !== undefined && stableFor > waitTimeout) {
    const expected = `at most wait-timeout, which is ${formatDuration(waitTimeout)}`;
    const hint = waitTimeout === 0 ? 'one look cannot tell whether it stays so: give a wait-timeout' : undefined;
    reader.take('stable-for', refuse(expected, quote(reader.text('stable-for')), hint));
  }
  const retryInterval = reader.take('retry-interval', parseDuration(reader.text('retry-interval'), shortestPause));
  const rpcTimeout = reader.take('rpc-timeout', parseDuration(reader.text('rpc-timeout'), shortestPause));
  const summary = reader.take('summary', parseBoolean(reader.text('summary')));
  const reportFile = reader.text('report-file');
  const junitFile = reader.text('junit-file');
  const logLines = reader.take('log-lines', parseNumber(reader.text('log-lines'), mostLogLines));
  // How the command line shows things does not concern the gate, only whether it was said in a way that can be followed.
  reader.take('output', parseOutput(reader.text('output')));
  reader.take('quiet', parseBoolean(reader.text('quiet')));
  if (
    reader.problems.length > 0 ||
    context === undefined ||
    waitTimeout === undefined ||
    stableFor === undefined ||
    retryInterval === undefined ||
    rpcTimeout === undefined ||
    summary === undefined ||
    logLines === undefined
  ) {
    return { ok: false, problems: reader.problems };
  }
  const options = {
    contextName: context.name,
    context,
    endpoints,
    controlPlaneNodes,
    workerNodes,
    nodes,
    onlyNodes,
    waitTimeout,
    stableFor,
    retryInterval,
    rpcTimeout,
    summary,
    ...(reportFile !== '' && { reportFile }),
    ...(junitFile !== '' && { junitFile }),
    logLines,
  };
  return { ok: true, options };
}

async function readContext(reader: InputReader, io: OptionsIo): Promise<TalosContext | undefined> {
  const located = reader.take('talosconfig', await locateTalosconfig(reader.text('talosconfig'), io));
  if (located === undefined) return undefined;
  io.mask(secretsOf(located.text));
  const parsed = parseTalosconfig(located.text, reader.text('context'));
  if (parsed.ok) return parsed.context;
  for (const { input, expected, got, hint } of parsed.complaints) {
    reader.take(input, refuse(expected, input === 'talosconfig' ? `${got}, from ${located.source}` : got, hint));
  }
  return undefined;
}

/** The input's endpoints, else the context's. */
function readEndpoints(reader: InputReader, context: TalosContext | undefined): readonly HostPort[] {
  const given = reader.list('endpoints');
  if (given.length > 0) return reader.endpoints('endpoints', given);
  // Without a context nobody knows whether it has endpoints: that is no problem of its own.
  if (context === undefined) return [];
  if (context.endpoints.length > 0) return reader.endpoints('talosconfig', context.endpoints);
  const expected = 'at least one control plane node, such as 10.0.0.1';
  reader.take('endpoints', refuse(expected, `none, and the context ${quote(context.name)} has none either`));
  return [];
}
