import { setTimeout as timer, setImmediate as turn } from 'node:timers/promises';
import { isOtherCluster } from '../checks/facts/baseline.ts';
import { registry } from '../checks/registry.ts';
import { count } from '../checks/text.ts';
import { wantedFacets, wantedOfKubernetes } from '../checks/wanted-facets.ts';
import { wantedLogs } from '../gate/logs.ts';
import { purposeText } from '../gate/purpose.ts';
import type { Round } from '../gate/rounds.ts';
import { type Dependencies, type WaitResult, waitUntilHealthy } from '../gate/wait.ts';
import type { Host } from '../host.ts';
import type { Options } from '../inputs/options.ts';
import { openChannels } from '../observe/endpoints/channels.ts';
import { type EndpointPool, openEndpointPool } from '../observe/endpoints/pool.ts';
import { openKubernetes } from '../observe/kubernetes/observer.ts';
import { openKubernetesWatching } from '../observe/kubernetes/watching.ts';
import { fetchLogs, type ServiceLog } from '../observe/logs.ts';
import { openObserver } from '../observe/observer.ts';
import { openWatching } from '../observe/watching.ts';
import type { Report } from '../report/model.ts';
import type { Usage } from '../talos/grpc/call.ts';
import { formatDuration } from '../values/duration.ts';
import type { Problem } from '../values/problem.ts';
import { version } from '../version.ts';
import type { ObservedRound } from './progress.ts';

/** Waits until the cluster is healthy, and builds the report. */
export async function runGate(options: Options, host: Host): Promise<Report> {
  const gated = gate(options, host);
  // Loaded while the gate waits for the first responses.
  const loaded = turn().then(() => import('../report/build.ts'));
  const { result, logs, usage } = await gated;
  const { buildReport } = await loaded;
  if (result.last !== undefined && isOtherCluster(result.last.snapshot, options)) {
    return buildReport({
      ...ofWait(result),
      options: undefined,
      findings: [],
      verdict: 'error',
      reason: '1 problem',
      problems: [otherCluster(host)],
      usage,
    });
  }
  return buildReport({
    ...ofWait(result),
    options,
    ...(result.last ?? { findings: [] }),
    verdict: result.verdict,
    reason: reasonOf(result, options),
    usage,
    logs,
  });
}

const ofWait = ({ startedAt, endedAt, rounds, slowestRound }: WaitResult) => ({
  version,
  startedAt,
  endedAt,
  rounds,
  slowestRound,
});

/** Known only once the cluster has answered. */
function otherCluster({ callInput = (input) => input }: Host): Problem {
  return {
    input: callInput('baseline'),
    expected: 'a report of this cluster',
    got: 'one of another cluster, or from before all of its nodes were wiped: none of its node ids is here',
    hint: 'give the report of an earlier run on this cluster, or leave baseline out',
  };
}

function reasonOf(result: WaitResult, options: Options): string {
  const { unwatched, serverMessage, verdict, healthySince } = result;
  const every = formatDuration(options.retryInterval);
  const blind =
    unwatched === undefined ? '' : `nothing could be watched (${unwatched}), so it was looked at only every ${every}`;
  const last = serverMessage === undefined || verdict === 'healthy' ? '' : `the last message of ${serverMessage}`;
  const since = verdict === 'healthy' && options.waitTimeout > 0 ? healthySince : undefined;
  const purpose = purposeText(options, verdict, result.last?.findings ?? [], since);
  return [outcomeOf(result, options), purpose, blind, last].filter((part) => part !== '').join('; ');
}

function outcomeOf({ verdict, last, flaps, endedAt, healthySince = endedAt }: WaitResult, options: Options): string {
  const { waitTimeout, stableFor } = options;
  const flapped = flaps === 0 ? '' : `; it was healthy before and did not stay so, ${count(flaps, 'time')}`;
  switch (verdict) {
    case 'healthy':
      return stableFor === 0 ? '' : `and has been for ${formatDuration(endedAt - healthySince)}${flapped}`;
    case 'unhealthy':
      if (last?.healthy) {
        return `for long enough: for ${formatDuration(endedAt - healthySince)} of ${formatDuration(stableFor)}${flapped}${lastFault(last)}`;
      }
      return waitTimeout === 0 ? 'as it is now' : `after waiting for ${formatDuration(waitTimeout)}${flapped}`;
    case 'error':
      return 'waiting cannot help';
    case 'cancelled':
      return 'what is known so far follows';
  }
}

/** What was wrong last, before the cluster was healthy. */
function lastFault({ history }: Round): string {
  const fault = history.changes.findLast(({ to }) => to === 'pending' || to === 'fail');
  return fault === undefined
    ? ''
    : `; the last fault was ${fault.check}${fault.node === undefined ? '' : ` on ${fault.node}`}: ${fault.message}`;
}

/** In milliseconds, about 25 days. Node fires a timer with a longer delay at once. */
const maxTimerDelay = 2 ** 31 - 1;

interface Gated {
  readonly result: WaitResult;
  readonly logs: readonly ServiceLog[];
  readonly usage: Readonly<Usage>;
}

async function gate(options: Options, host: Host): Promise<Gated> {
  using channels = openChannels(options.endpoints, options.context, options.proxying);
  const startedAt = Date.now();
  const deadline = options.waitTimeout === 0 ? undefined : startedAt + options.waitTimeout;
  using progress = host.openProgress({ startedAt, deadline });
  using _ticking = every(progress.interval, () => progress.onTime(Date.now()));
  const pool = openEndpointPool(channels);
  const dependencies = {
    now: Date.now,
    sleep: (milliseconds: number, signal: AbortSignal) =>
      timer(Math.min(milliseconds, maxTimerDelay), undefined, { signal }).catch(() => undefined),
    onRound: (round: ObservedRound) => progress.onRound(round, Date.now()),
  };
  const result = await (options.mode === 'server'
    ? waitForServer(options, { ...dependencies, channels, pool }, host.signal)
    : waitForAll(options, { ...dependencies, pool }, host));
  return { result, logs: await readLogs(pool, options, result, host.signal), usage: channels.usage };
}

/** The checks of a control plane node, loaded only in mode server. */
const waitForServer: typeof import('../server-mode/wait.ts').waitForServer = async (...args) =>
  (await import('../server-mode/wait.ts')).waitForServer(...args);

/** The gate's own checks. */
async function waitForAll(
  options: Options,
  { pool, ...dependencies }: Pick<Dependencies, 'now' | 'sleep' | 'onRound'> & { readonly pool: EndpointPool },
  host: Host,
): Promise<WaitResult> {
  using kubernetes = openKubernetes(options, (secrets) => host.mask(secrets), wantedOfKubernetes(registry, options));
  return await waitUntilHealthy(
    options,
    {
      ...dependencies,
      observer: openObserver(pool, options, kubernetes, wantedFacets(registry, options, isReportKept(options, host))),
      watch: (onEvent, signal) =>
        openWatching({ channel: pool.watchChannel, isHealthy: pool.isHealthy, onEvent, signal }),
      watchKubernetes: (onEvent, signal) =>
        openKubernetesWatching({
          api: () => kubernetes.api,
          onEvent,
          sleep: dependencies.sleep,
          rpcTimeout: options.rpcTimeout,
          signal,
        }),
    },
    host.signal,
  );
}

function isReportKept({ reportFile, output }: Options, { keepsReport = false }: Host): boolean {
  return keepsReport || reportFile !== undefined || output === 'json';
}

function every(milliseconds: number, call: () => void): Disposable {
  const interval = setInterval(call, milliseconds);
  return { [Symbol.dispose]: () => clearInterval(interval) };
}

/** In milliseconds. The gate must end within a second of its deadline. */
const logTimeout = 500;

/** Reads no logs after a cancellation, because the report must be immediate, nor of a healthy cluster. */
async function readLogs(
  pool: EndpointPool,
  { logLines, rpcTimeout }: Options,
  { verdict, last }: WaitResult,
  signal: AbortSignal,
): Promise<readonly ServiceLog[]> {
  if (logLines === 0 || last === undefined || verdict === 'healthy' || verdict === 'cancelled') {
    return [];
  }
  const deadline = Date.now() + logTimeout;
  const wanted = wantedLogs(last.findings, last.snapshot);
  return await fetchLogs(pool, wanted, logLines, { rpcTimeout, deadline, signal, now: Date.now });
}
