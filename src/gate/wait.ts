import type { CheckOptions, Options } from '../inputs/options.ts';
import type { Clock } from '../observe/clock.ts';
import type { KubernetesWatching } from '../observe/kubernetes-watching.ts';
import type { Observer } from '../observe/observer.ts';
import type { WatchDependencies, Watching } from '../observe/watching.ts';
import { evaluate } from './evaluate.ts';
import { createEvent } from './event.ts';
import { isUnresolved } from './finding.ts';
import { keyOf, openPolling, type Subject } from './poll.ts';
import { type Round, roundAfter } from './rounds.ts';
import { kubernetesTargets, mayBeAll, olderThanCompared, schedule, watchTargets } from './targets.ts';
import { begin, next, type Observation, pollInterval, type State, type WaitLimits } from './wait-state.ts';

/** How the wait ended. Times are epoch milliseconds. `last` is absent if it was cancelled before anything was known. */
export interface WaitResult
  extends Pick<State, 'last' | 'rounds' | 'slowestRound' | 'flaps' | 'healthySince'>,
    Required<Pick<State, 'verdict'>> {
  /** Why nothing could be watched, if that was so: then everything was only polled. */
  readonly unwatched?: string;
  /** What the server said last, and which one, if a server has checked the cluster. */
  readonly lastWords?: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The rim of the wait: observation, time, and whoever wants to follow. */
export interface Dependencies extends Clock {
  readonly observer: Observer;
  watch(onEvent: WatchDependencies['onEvent'], signal: AbortSignal): Watching;
  watchKubernetes(onEvent: () => void, signal: AbortSignal): KubernetesWatching;
  onRound(round: Round): void;
}

type WaitOptions = CheckOptions & Pick<Options, 'waitTimeout' | 'retryInterval' | 'rpcTimeout' | 'stableFor'>;

/** What has happened since the last observation; epoch milliseconds. */
interface News {
  /** A watch has reported what can be the end of all that is wrong. */
  readonly hint?: boolean;
  /** When the newest of the polls that have ended began. */
  readonly poll?: number;
  /** The same of whole rounds. */
  readonly round?: number;
}

/**
 * Observes the cluster until one whole round is healthy, and stays so for as long as it has to; until waiting cannot
 * help; or until the deadline. When to do what is said by `wait-state.ts`.
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
  const happened = createEvent({ now, sleep }, going);
  const changed = new Set<string>();
  let state: State = begin(startedAt, limits);
  let news: News = {};
  let judging = 0;

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
      news = { ...news, [kind]: Math.max(news[kind] ?? began, began) };
      happened.set();
    },
  });
  using watching = watch((node, kind) => onChange(kind === 'discovery' ? 'members' : node), going);
  using watchingKubernetes = watchKubernetes(() => onChange('kubernetes'), going);

  /** Costs next to nothing while the subject is still to be polled because of the event before. */
  function onChange(subject: Subject): void {
    polling.wake(subject);
    const isNew = !changed.has(keyOf(subject));
    changed.add(keyOf(subject));
    if (isNew && state.last !== undefined && mayBeAll(state.last, changed)) {
      news = { ...news, hint: true };
      happened.set();
    }
  }

  async function observe(): Promise<Observation> {
    await happened.wait(state.until);
    if (news.poll !== undefined && news.round === undefined && news.hint === undefined) {
      // One judgement for a burst of polls, and never more time for judging than for waiting.
      await sleep(2 * judging, going);
    }
    const { hint, ...polled } = news;
    if (signal.aborted) {
      return { kind: 'cancelled' };
    }
    if (hint) {
      news = polled;
      happened.set();
      return { kind: 'hint' };
    }
    news = {};
    const { round, poll: began = round } = polled;
    return began === undefined ? { kind: 'time' } : judge(round ?? began, round !== undefined);
  }

  function judge(began: number, whole: boolean): Observation {
    const judgedAt = now();
    const snapshot = observer.latest();
    const findings = evaluate(snapshot, options);
    judging = now() - judgedAt;
    const older = whole || state.last === undefined ? [] : olderThanCompared(state.last, snapshot, findings);
    if (state.doubtedSince === undefined) {
      older.forEach(polling.wake);
    }
    const round = roundAfter(state.last, { snapshot, findings, began, whole });
    return { kind: 'round', round, doubtful: older.length > 0 };
  }

  /** Does what the state asks for, as far as it is new. */
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
      // What is wrong can end, and what is well can go wrong.
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
