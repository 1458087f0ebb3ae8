import type { CheckOptions, Options } from '../inputs/options.ts';
import type { Clock } from '../observe/clock.ts';
import type { KubernetesWatching } from '../observe/kubernetes/watching.ts';
import type { Observer } from '../observe/observer.ts';
import type { WatchDependencies, Watching } from '../observe/watching.ts';
import { evaluate } from './evaluate.ts';
import { createEvent } from './event.ts';
import { isUnresolved } from './finding.ts';
import { keyOf, openPolling, type Subject } from './poll.ts';
import { type Round, roundAfter } from './rounds.ts';
import { kubernetesTargets, mayBeAll, olderThanCompared, schedule, watchTargets } from './targets.ts';
import { begin, next, type Observation, pollInterval, type State, type WaitLimits } from './wait-state.ts';

/**
 * The result of the wait. Times are epoch milliseconds. `last` is absent if it was cancelled before the first round.
 */
export interface WaitResult
  extends Pick<State, 'last' | 'rounds' | 'slowestRound' | 'flaps' | 'healthySince'>,
    Required<Pick<State, 'verdict'>> {
  /** Why there were no watches, if so: then everything was only polled. */
  readonly unwatched?: string;
  /** The last message of the server and its source, in mode server. */
  readonly serverMessage?: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The I/O of the wait: observation, time, and the receiver of rounds. */
export interface Dependencies extends Clock {
  readonly observer: Observer;
  watch(onEvent: WatchDependencies['onEvent'], signal: AbortSignal): Watching;
  watchKubernetes(onEvent: () => void, signal: AbortSignal): KubernetesWatching;
  onRound(round: Round): void;
}

type WaitOptions = CheckOptions & Pick<Options, 'waitTimeout' | 'retryInterval' | 'rpcTimeout' | 'stableFor'>;

/** What happened since the last observation; epoch milliseconds. */
interface Events {
  /** A watch reported a change that may end all faults. */
  readonly hint?: boolean;
  /** When the newest completed poll began. */
  readonly poll?: number;
  /** When the newest completed whole round began. */
  readonly round?: number;
}

/**
 * Observes the cluster until a whole round is healthy (and for `stable-for` after that), until a finding fails for
 * good, or until the deadline. `wait-state.ts` decides what to do when.
 */
export async function waitUntilHealthy(
  options: WaitOptions,
  { observer, watch, watchKubernetes, onRound, now, sleep }: Dependencies,
  signal: AbortSignal,
): Promise<WaitResult> {
  const startedAt = now();
  const { waitTimeout, stableFor, retryInterval, rpcTimeout } = options;
  const deadline = waitTimeout === 0 ? Number.POSITIVE_INFINITY : startedAt + waitTimeout;
  const limits: WaitLimits = { deadline, stableFor, retryInterval };
  const ended = new AbortController();
  const going = AbortSignal.any([signal, ended.signal]);
  const wakeup = createEvent({ now, sleep }, going);
  const changed = new Set<string>();
  let state: State = begin(startedAt, limits);
  let events: Events = {};
  let evaluationTime = 0;

  const polling = openPolling({
    now,
    sleep,
    signal: going,
    poll: async (subject, ofPoll) => {
      const bounds = { rpcTimeout, deadline, signal: ofPoll, now };
      await (typeof subject === 'string' ? observer[subject](bounds) : observer.node(subject, bounds));
    },
    onPolled: (subject, began) => {
      changed.delete(keyOf(subject));
      const kind = subject === 'round' ? 'round' : 'poll';
      events = { ...events, [kind]: Math.max(events[kind] ?? began, began) };
      wakeup.set();
    },
  });
  using watching = watch((node, kind) => onChange(kind === 'discovery' ? 'members' : node), going);
  using watchingKubernetes = watchKubernetes(() => onChange('kubernetes'), going);

  /** Cheap if a poll of the subject is already pending. */
  function onChange(subject: Subject): void {
    polling.wake(subject);
    const isNew = !changed.has(keyOf(subject));
    changed.add(keyOf(subject));
    if (isNew && state.last !== undefined && mayBeAll(state.last, changed)) {
      events = { ...events, hint: true };
      wakeup.set();
    }
  }

  async function observe(): Promise<Observation> {
    await wakeup.wait(state.until);
    if (events.poll !== undefined && events.round === undefined && events.hint === undefined) {
      // Evaluates a burst of polls once, and never spends more time on evaluation than on waiting.
      await sleep(2 * evaluationTime, going);
    }
    const { hint, ...polled } = events;
    if (signal.aborted) {
      return { kind: 'cancelled' };
    }
    if (hint) {
      events = polled;
      wakeup.set();
      return { kind: 'hint' };
    }
    events = {};
    const { round, poll: began = round } = polled;
    return began === undefined ? { kind: 'time' } : evaluateLatest(round ?? began, round !== undefined);
  }

  function evaluateLatest(began: number, whole: boolean): Observation {
    const evaluatedAt = now();
    const snapshot = observer.latest();
    const findings = evaluate(snapshot, options);
    evaluationTime = now() - evaluatedAt;
    const older = whole || state.last === undefined ? [] : olderThanCompared(state.last, snapshot, findings);
    if (state.doubtedSince === undefined) {
      older.forEach(polling.wake);
    }
    const round = roundAfter(state.last, { snapshot, findings, began, whole });
    return { kind: 'round', round, doubtful: older.length > 0 };
  }

  /** Performs what the state requests, unless already done. */
  function act(before?: State): void {
    const { phase, round, last } = state;
    if (last !== undefined && last !== before?.last) {
      onRound(last);
    }
    if (round !== undefined && round !== before?.round) {
      changed.clear();
      polling.beginRound();
    }
    const isNew = last !== before?.last || phase !== before?.phase;
    if (isNew && last !== undefined && (phase === 'converging' || phase === 'stable')) {
      const { snapshot, findings } = last;
      // Faults can end, and if stable, anything can become faulty.
      const watched = phase === 'stable' ? findings : findings.filter(isUnresolved);
      polling.follow(phase === 'stable' ? [] : schedule(last, pollInterval(state, limits)));
      watching.follow(watchTargets(snapshot, watched));
      watchingKubernetes.follow(kubernetesTargets(snapshot, watched));
    }
  }

  act();
  while (state.phase !== 'ended') {
    const observation = await observe();
    const before = state;
    state = next(state, observation, now(), limits);
    act(before);
  }
  ended.abort();
  const { verdict = 'cancelled', ...rest } = state;
  const unwatched = watching.trouble;
  return { ...rest, verdict, ...(unwatched !== undefined && { unwatched }), startedAt, endedAt: now() };
}
