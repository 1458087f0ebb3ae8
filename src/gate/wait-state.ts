import type { VerdictName } from './finding.ts';
import { lastAnswer, type Round } from './rounds.ts';
import { verdict } from './verdict.ts';

/**
 * - `converging`: something is wrong. It is polled until it no longer is.
 * - `confirming`: perhaps nothing is wrong any more. A whole round has to show it.
 * - `stable`: a whole round was healthy. The cluster has to stay so.
 * - `ended`: for good.
 */
type Phase = 'converging' | 'confirming' | 'stable' | 'ended';

/** Where the wait stands, and what to do next. Times are epoch milliseconds, durations milliseconds. */
export interface State {
  readonly phase: Phase;
  /** Only when it has ended. */
  readonly verdict?: VerdictName;
  /** The whole round to begin, or that is under way. One that began before it does not count. */
  readonly round?: { readonly since: number };
  /** When to go on if nothing happens before. */
  readonly until: number;
  /** Whether the round under way is the last one. */
  readonly final: boolean;
  /** When the next whole round begins. */
  readonly nextRound: number;
  /** From when on an event can be the reason for a whole round. */
  readonly hintsFrom: number;
  /** Since when a comparison is doubted because some of the answers are older than others. */
  readonly doubtedSince?: number;
  /** The newest round. */
  readonly last?: Round;
  readonly rounds: number;
  /** How long the slowest whole round took. */
  readonly slowestRound: number;
  /** The same without the calls that hung: the time until the last answer. */
  readonly slowestAnswer: number;
  /** Since when the cluster has been healthy without a break, if it is. */
  readonly healthySince?: number;
  /** How often a cluster that was healthy did not stay so. */
  readonly flaps: number;
}

/**
 * - `round`: what is known was judged. `doubtful`: something looks worse only in comparison with older answers.
 * - `hint`: an event can mean that nothing is wrong any more.
 * - `time`: nothing happened.
 */
export type Observation =
  | { readonly kind: 'round'; readonly round: Round; readonly doubtful: boolean }
  | { readonly kind: 'hint' | 'time' | 'cancelled' };

/** What bounds the wait. */
export interface WaitLimits {
  /** Infinity: the first round is the last one. */
  readonly deadline: number;
  readonly stableFor: number;
  readonly retryInterval: number;
}

/**
 * What ends is reported within an interval: the interval has to hold the poll that sees it, the round that confirms it
 * and the report. It gets shorter by a tenth at most.
 */
const reserved = { rounds: 3, share: 0.1 };

/** The last round ends before the deadline. It takes as long as those before it, without what hangs. In milliseconds. */
const lastRound = { shortest: 50, longestMargin: 1000 };

/** An event so soon after a whole round began is not worth another one. In milliseconds. */
const quiet = 1000;

/** A comparison is not doubted for longer than this: the answer that is missing may never come. In milliseconds. */
const longestDoubt = 1000;

export function begin(now: number, limits: WaitLimits): State {
  const final = limits.deadline === Number.POSITIVE_INFINITY;
  const none = { rounds: 0, slowestRound: 0, slowestAnswer: 0, flaps: 0 };
  return atTime({ ...none, ...confirm(now), final, hintsFrom: now, until: now }, now, limits);
}

/** The state after an observation. Pure: the whole policy of the wait is here, and all I/O around it. */
export function next(state: State, observation: Observation, now: number, limits: WaitLimits): State {
  if (state.phase === 'ended') {
    return state;
  }
  if (observation.kind === 'cancelled') {
    return end(state, 'cancelled');
  }
  // A round that the deadline cuts short blames nodes for answers that they had no time to give.
  if (now >= limits.deadline && state.last !== undefined) {
    return end(state, 'unhealthy');
  }
  return atTime(afterObservation(state, observation, now, limits), now, limits);
}

/** How long after the beginning of a poll the next one begins, in milliseconds. */
export function pollInterval({ slowestRound }: State, { retryInterval }: WaitLimits): number {
  return retryInterval - Math.min(reserved.share * retryInterval, reserved.rounds * slowestRound);
}

function confirm(now: number): Pick<State, 'phase' | 'round' | 'nextRound'> {
  return { phase: 'confirming', round: { since: now }, nextRound: Number.POSITIVE_INFINITY };
}

function end({ round: _, ...state }: State, name: VerdictName): State {
  return { ...state, phase: 'ended', verdict: name };
}

/** Begins the whole round that is due, if none is under way. */
function atTime(state: State, now: number, limits: WaitLimits): State {
  const { phase, round, nextRound, last } = state;
  if (phase === 'ended') {
    return state;
  }
  const latest = latestRound(state, limits);
  const isDue = round === undefined && now >= Math.min(latest, nextRound);
  if (round === undefined && !isDue) {
    return { ...state, until: Math.min(latest, nextRound) };
  }
  return {
    ...state,
    phase: phase === 'converging' ? 'confirming' : phase,
    round: round ?? { since: now },
    final: state.final || (isDue && now >= latest),
    // Without any round yet, even one that was cut short has to do.
    until: last === undefined ? Number.POSITIVE_INFINITY : limits.deadline,
  };
}

/** When the last round has to begin. If the cluster can have been stable for long enough by the deadline, not before that. */
function latestRound(state: State, limits: WaitLimits): number {
  const { phase, slowestAnswer } = state;
  const needed = slowestAnswer + Math.min(slowestAnswer, lastRound.longestMargin);
  const latest = limits.deadline - Math.max(lastRound.shortest, needed);
  return phase === 'stable' && isStableInTime(state, limits) ? Math.max(latest, stableAt(state, limits)) : latest;
}

/** When the cluster has been healthy for long enough. */
function stableAt({ healthySince = Number.POSITIVE_INFINITY }: State, { stableFor }: WaitLimits): number {
  return healthySince + stableFor;
}

function isStableInTime(state: State, limits: WaitLimits): boolean {
  return Number.isFinite(limits.deadline) && stableAt(state, limits) <= limits.deadline - lastRound.shortest;
}

function afterObservation(state: State, observation: Observation, now: number, limits: WaitLimits): State {
  if (observation.kind === 'round') {
    return afterRound(state, observation, now, limits);
  }
  // What changes all the time does not make whole rounds more frequent than polls.
  return observation.kind === 'hint' && state.phase === 'converging' && now >= state.hintsFrom
    ? { ...state, ...confirm(now), hintsFrom: now + limits.retryInterval }
    : state;
}

function afterRound(
  state: State,
  { round, doubtful }: Extract<Observation, { kind: 'round' }>,
  now: number,
  limits: WaitLimits,
): State {
  if (state.final && !round.whole) {
    return state;
  }
  const { doubtedSince = now, ...known } = state;
  if (doubtful && now - doubtedSince < longestDoubt) {
    return { ...known, doubtedSince };
  }
  const judged = { ...known, ...(round.whole && durations(known, round, now)), last: round, rounds: known.rounds + 1 };
  const counts = round.whole && state.round !== undefined && round.began >= state.round.since;
  const after = round.healthy ? afterHealthy(judged, round, counts, now, limits) : afterFault(judged, round, counts);
  const isFinal = state.final && counts && !(round.healthy && isStableInTime(after, limits));
  const name = verdict(round.findings, {
    cancelled: false,
    deadlinePassed: isFinal || now >= limits.deadline,
    stable: counts && round.began >= stableAt(after, limits),
  });
  return name === undefined ? { ...after, final: after.final && !counts } : end(after, name);
}

function durations(state: State, round: Round, now: number): Pick<State, 'slowestRound' | 'slowestAnswer'> {
  const took = now - round.began;
  const untilAnswer = Math.min(took, lastAnswer(round.snapshot) - round.began);
  return {
    slowestRound: Math.max(state.slowestRound, took),
    slowestAnswer: Math.max(state.slowestAnswer, untilAnswer),
  };
}

function afterHealthy(state: State, { began }: Round, counts: boolean, now: number, limits: WaitLimits): State {
  if (!counts) {
    return state.phase === 'converging' ? { ...state, ...confirm(now) } : state;
  }
  const { round: _, healthySince = began, ...rest } = state;
  const nextRound = Math.min(now + pollInterval(state, limits), healthySince + limits.stableFor);
  return { ...rest, phase: 'stable', healthySince, nextRound };
}

function afterFault(state: State, { began }: Round, counts: boolean): State {
  const { round, healthySince, ...rest } = state;
  // The round under way knows more, and the last one decides.
  if (!counts && (state.final || (state.phase === 'confirming' && round !== undefined && began < round.since))) {
    return state;
  }
  return {
    ...rest,
    phase: 'converging',
    nextRound: Number.POSITIVE_INFINITY,
    hintsFrom: Math.max(state.hintsFrom, counts ? began + quiet : 0),
    flaps: state.flaps + (healthySince === undefined ? 0 : 1),
  };
}
