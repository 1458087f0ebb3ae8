import type { VerdictName } from './finding.ts';
import { lastAnswer, type Round } from './rounds.ts';
import { verdict } from './verdict.ts';

/**
 * - `converging`: something is wrong. It is polled until it is resolved.
 * - `confirming`: nothing known is wrong. A whole round has to confirm it.
 * - `stable`: a whole round was healthy. The cluster has to stay healthy.
 * - `ended`: final.
 */
type Phase = 'converging' | 'confirming' | 'stable' | 'ended';

/** The state of the wait, and what to do next. Times are epoch milliseconds, durations milliseconds. */
export interface State {
  readonly phase: Phase;
  /** Set if the phase is `ended`. */
  readonly verdict?: VerdictName;
  /** The whole round that is requested or in progress. A round that began before `since` does not count. */
  readonly round?: { readonly since: number };
  /** When to continue if nothing happens before. */
  readonly until: number;
  /** Whether the round in progress is the last one. */
  readonly final: boolean;
  /** When to start the next whole round. */
  readonly nextRound: number;
  /** The earliest time at which a hint may start a whole round. */
  readonly hintsFrom: number;
  /** Since when a comparison is in doubt because some answers are older than others. */
  readonly doubtedSince?: number;
  /** The newest round. */
  readonly last?: Round;
  readonly rounds: number;
  /** Duration of the slowest whole round. */
  readonly slowestRound: number;
  /** The same up to the last answer, without calls that hung. */
  readonly slowestAnswer: number;
  /** Since when the cluster has been healthy continuously. */
  readonly healthySince?: number;
  /** How often the cluster stopped being healthy. */
  readonly flaps: number;
}

/**
 * - `round`: the known state was evaluated. `doubtful`: a finding is worse only in comparison with older answers.
 * - `hint`: after an event, possibly nothing is wrong any more.
 * - `time`: nothing happened.
 */
export type Observation =
  | { readonly kind: 'round'; readonly round: Round; readonly doubtful: boolean }
  | { readonly kind: 'hint' | 'time' | 'cancelled' };

/** The limits of the wait. */
export interface WaitLimits {
  /** Infinity: the first round is the last one. */
  readonly deadline: number;
  readonly stableFor: number;
  readonly retryInterval: number;
}

/**
 * The end of a fault is to be reported within one retry interval, which includes the poll that observes it, the round
 * that confirms it and the report. The poll interval is therefore shorter, by a tenth at most.
 */
const reserved = { rounds: 3, share: 0.1 };

/**
 * Time reserved for the last round before the deadline, based on the slowest one without calls that hang. In
 * milliseconds.
 */
const lastRound = { shortest: 50, longestMargin: 1000 };

/** For this long after the start of a whole round, hints do not start another one. In milliseconds. */
const quiet = 1000;

/** Maximum doubt about a comparison: the missing answer may never arrive. In milliseconds. */
const longestDoubt = 1000;

export function begin(now: number, limits: WaitLimits): State {
  const final = limits.deadline === Number.POSITIVE_INFINITY;
  const none = { rounds: 0, slowestRound: 0, slowestAnswer: 0, flaps: 0 };
  return atTime({ ...none, ...confirm(now), final, hintsFrom: now, until: now }, now, limits);
}

/** Computes the state after an observation. Pure: this is the whole policy of the wait, without I/O. */
export function next(state: State, observation: Observation, now: number, limits: WaitLimits): State {
  if (state.phase === 'ended') {
    return state;
  }
  if (observation.kind === 'cancelled') {
    return end(state, 'cancelled');
  }
  // A round that the deadline cuts short would blame nodes that had no time to answer.
  if (now >= limits.deadline && state.last !== undefined) {
    return end(state, 'unhealthy');
  }
  return atTime(afterObservation(state, observation, now, limits), now, limits);
}

/** From the start of one poll to the start of the next, in milliseconds. */
export function pollInterval({ slowestRound }: State, { retryInterval }: WaitLimits): number {
  return retryInterval - Math.min(reserved.share * retryInterval, reserved.rounds * slowestRound);
}

function confirm(now: number): Pick<State, 'phase' | 'round' | 'nextRound'> {
  return { phase: 'confirming', round: { since: now }, nextRound: Number.POSITIVE_INFINITY };
}

function end({ round: _, ...state }: State, name: VerdictName): State {
  return { ...state, phase: 'ended', verdict: name };
}

/** Starts the whole round that is due, unless one is in progress. */
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
    // Without a previous round, even one that is cut short has to be used.
    until: last === undefined ? Number.POSITIVE_INFINITY : limits.deadline,
  };
}

/** When to start the last round: not before the cluster is stable, if that is possible by the deadline. */
function latestRound(state: State, limits: WaitLimits): number {
  const { phase, slowestAnswer } = state;
  const needed = slowestAnswer + Math.min(slowestAnswer, lastRound.longestMargin);
  const latest = limits.deadline - Math.max(lastRound.shortest, needed);
  return phase === 'stable' && isStableInTime(state, limits) ? Math.max(latest, stableAt(state, limits)) : latest;
}

/** When the cluster has been healthy for `stable-for`. */
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
  // Frequent changes do not make whole rounds more frequent than the retry interval.
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
  const updated = { ...known, ...(round.whole && durations(known, round, now)), last: round, rounds: known.rounds + 1 };
  const counts = round.whole && state.round !== undefined && round.began >= state.round.since;
  const after = round.healthy ? afterHealthy(updated, round, counts, now, limits) : afterFault(updated, round, counts);
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
  // The round in progress is newer, and the last round decides.
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
