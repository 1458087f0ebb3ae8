import { registry } from '../checks/registry.ts';
import type { CheckOptions, Options } from '../inputs/options.ts';
import type { KubernetesWatching } from '../observe/kubernetes-watching.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import type { WatchDependencies, Watching } from '../observe/watching.ts';
import { openBursts } from './bursts.ts';
import type { VerdictName } from './finding.ts';
import { type LookDependencies, openLooks } from './looks.ts';
import { openRounds, type Round } from './rounds.ts';
import { verdict } from './verdict.ts';
import {
  doubtfulNodes,
  everyKubernetesKind,
  everyNode,
  hangingNodes,
  kubernetesWakes,
  mayBeAll,
  unresolvedNodes,
  wakes,
} from './wakes.ts';

/** How the wait ended. Times are epoch milliseconds. */
export interface WaitResult {
  readonly verdict: VerdictName;
  /** What the verdict rests on; absent where the wait was cancelled before anything was seen. */
  readonly last?: Round;
  readonly rounds: number;
  /** How long the slowest whole round took, in milliseconds. */
  readonly slowestRound: number;
  /** How often a cluster that was healthy did not stay so. */
  readonly flaps: number;
  /** Since when it has been healthy without a break, where it has been so at the end. */
  readonly healthySince?: number;
  /** Why nothing could be watched, where that was so: then it was looked at in intervals only. */
  readonly unwatched?: string;
  /** What the server said last, and which one, where a server has checked the cluster. */
  readonly lastWords?: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** The rim of the wait: observation, time, and whoever wants to follow. */
export interface Dependencies extends LookDependencies {
  watch(onEvent: WatchDependencies['onEvent'], signal: AbortSignal): Watching;
  watchKubernetes(onEvent: () => void, signal: AbortSignal): KubernetesWatching;
  onRound(round: Round): void;
}

type WaitOptions = CheckOptions & Pick<Options, 'waitTimeout' | 'retryInterval' | 'rpcTimeout' | 'stableFor'>;

/** How often endpoints are tried while none answers: that costs nobody anything. In milliseconds. */
const reconnectInterval = 1000;

/**
 * What ends within an interval is to be said within it: so the interval has to
 * hold the look that sees it, the one at everything that confirms it, and the
 * report; but for that it is cut by a tenth at most.
 */
const spared = { looks: 3, share: 0.1 };

/**
 * The last look has to end before the deadline, and takes about as long as the one before, but for what hangs: that
 * is not waited for. In milliseconds.
 */
const lastLook = { shortest: 50, longestMargin: 1000 };

const isShutOut = ({ endpoints }: Snapshot): boolean => endpoints.every(({ state }) => state === 'failed');

/**
 * Looks at the cluster until one whole round says healthy, for as long as it
 * is asked to stay so; until waiting cannot help; or until the deadline.
 * Meanwhile only what is not yet as it should is looked at again: at the
 * interval, and at once when a watch tells of a change.
 */
export async function waitUntilHealthy(
  options: WaitOptions,
  surroundings: Dependencies,
  signal: AbortSignal,
): Promise<WaitResult> {
  const now = (): number => surroundings.now();
  const startedAt = now();
  const once = options.waitTimeout === 0;
  const deadline = once ? Number.POSITIVE_INFINITY : startedAt + options.waitTimeout;
  const ended = new AbortController();
  const going = AbortSignal.any([signal, ended.signal]);
  const looks = openLooks(surroundings, { rpcTimeout: options.rpcTimeout, deadline, signal: going, now });
  const rounds = openRounds(options, now, (round) => surroundings.onRound(round));
  /** What may be the end of the last fault of a small cluster is worth the look that can say healthy. */
  let hopeful = false;
  const bursts = openBursts({
    now,
    sleep: surroundings.sleep,
    signal: going,
    lookedAtAll: () => looks.lookedAtAll,
    isAll: (told) => {
      const { last } = rounds;
      return last !== undefined && !last.good && mayBeAll(last.snapshot, last.findings, registry, told);
    },
    onAll: () => {
      hopeful = true;
      looks.wake();
    },
    onSome: (nodes, members) => {
      if (members) {
        looks.atMembers();
      }
      looks.at(nodes);
    },
  });
  using watching = surroundings.watch(bursts.tell, going);
  using watchingKubernetes = surroundings.watchKubernetes(() => looks.atKubernetes(), going);

  /** Undefined where it was cancelled before anything was known. */
  async function lookAtAll(): Promise<Round | undefined> {
    const began = now();
    const snapshot = await looks.atAll();
    // A round that was cut short blames nodes for answers they were not given the time for.
    if (signal.aborted || (now() >= deadline && rounds.last !== undefined)) {
      return rounds.last;
    }
    return rounds.conclude(snapshot, rounds.judge(snapshot), true, began);
  }

  let doubted = false;
  /** Concludes from looks at single nodes, unless they only seem to be worse because others are known less freshly. */
  async function conclude(last: Round): Promise<Round> {
    // One round for a burst, and never more time for judging than for waiting.
    await surroundings.sleep(2 * rounds.judging, signal);
    // Here too, what the deadline cut short is not held against a node.
    if (now() >= deadline) {
      return last;
    }
    const snapshot = surroundings.observer.latest();
    const findings = rounds.judge(snapshot);
    const doubtful = doubted ? [] : doubtfulNodes(snapshot, last.findings, findings, registry);
    doubted = doubtful.length > 0;
    looks.at(doubtful);
    return doubted ? last : rounds.conclude(snapshot, findings, false, now());
  }

  function end(name: VerdictName): WaitResult {
    ended.abort();
    const { last, count, flaps, healthySince } = rounds;
    return {
      verdict: name,
      ...(last && { last }),
      rounds: count,
      slowestRound: looks.slowest,
      flaps,
      ...(healthySince !== undefined && { healthySince }),
      ...(watching.trouble !== undefined && { unwatched: watching.trouble }),
      startedAt,
      endedAt: now(),
    };
  }

  /** When to look again at what no watch tells of. */
  function intervalAfter({ snapshot }: Round): number {
    const { retryInterval } = options;
    const pause = retryInterval - Math.min(spared.share * retryInterval, spared.looks * looks.slowest);
    return isShutOut(snapshot) ? Math.min(reconnectInterval, pause) : pause;
  }

  let last = await lookAtAll();
  let lastLookTaken = once;
  let looked = now();
  while (last !== undefined && !signal.aborted) {
    const stableAt = (rounds.healthySince ?? Number.POSITIVE_INFINITY) + options.stableFor;
    const name = verdict(last.findings, {
      cancelled: false,
      deadlinePassed: lastLookTaken || now() >= deadline,
      stable: last.whole && last.began >= stableAt,
    });
    if (name !== undefined) {
      return end(name);
    }
    const { slowestAnswer } = looks;
    const needed = slowestAnswer + Math.min(slowestAnswer, lastLook.longestMargin);
    const latest = deadline - Math.max(lastLook.shortest, needed);
    lastLookTaken = now() >= latest;
    if (lastLookTaken || hopeful || (last.good && rounds.healthySince === undefined)) {
      hopeful = false;
      last = await lookAtAll();
      continue;
    }
    watching.follow(last.good ? everyNode(last.snapshot) : wakes(last.snapshot, last.findings, registry));
    const ofKubernetes = kubernetesWakes(last.snapshot, last.findings, registry);
    watchingKubernetes.follow(last.good ? everyKubernetesKind(last.snapshot) : ofKubernetes);
    const hanging = hangingNodes(last.snapshot);
    looks.keepAt(hanging);
    const news = await looks.news(Math.min(looked + intervalAfter(last), latest, stableAt));
    if (hopeful) {
      continue;
    }
    if (news) {
      last = await conclude(last);
    }
    if (now() < Math.min(looked + intervalAfter(last), last.good ? stableAt : Number.POSITIVE_INFINITY)) {
      continue;
    }
    if (last.good) {
      last = await lookAtAll();
    } else {
      // Endpoints first: the nodes are then asked through those that are there again, and where all are gone with this look.
      looks.atMembers();
      const unresolved = isShutOut(last.snapshot) ? [] : unresolvedNodes(last.snapshot, last.findings, registry);
      looks.at(unresolved.filter((node) => !hanging.includes(node)));
      if (kubernetesWakes(last.snapshot, last.findings, registry).size > 0) {
        looks.atKubernetes();
      }
    }
    looked = now();
  }
  return end('cancelled');
}
