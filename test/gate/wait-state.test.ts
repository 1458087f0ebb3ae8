import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Finding } from '../../src/gate/finding.ts';
import { roundAfter } from '../../src/gate/rounds.ts';
import { begin, next, type Observation, type State, type WaitLimits } from '../../src/gate/wait-state.ts';
import { healthySnapshot } from '../builders/snapshot.ts';

const snapshot = healthySnapshot();

const finding = (status: Finding['status']): Finding => ({
  check: 'machine-ready',
  stage: 'readiness',
  node: 'cp-1',
  status,
  message: '',
});

/** An input of the state machine: a poll or a round that ends, with its result; or another observation. */
interface Happening {
  /** Milliseconds since the previous input. */
  readonly after: number;
  readonly what: 'poll' | 'round' | 'old-round' | Exclude<Observation['kind'], 'round'>;
  readonly status: 'pass' | 'pending' | 'fail';
  readonly doubtful: boolean;
  /** How long a poll took, in milliseconds. */
  readonly took: number;
}

const happening = fc.record<Happening>({
  after: fc.integer({ min: 0, max: 3000 }),
  what: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('poll', 'round', 'hint', 'time') },
    { weight: 2, arbitrary: fc.constant('old-round') },
    { weight: 1, arbitrary: fc.constant('cancelled') },
  ),
  status: fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom('pass', 'pending') },
    { weight: 1, arbitrary: fc.constant('fail') },
  ),
  doubtful: fc.boolean(),
  took: fc.integer({ min: 0, max: 6000 }),
});

const limits = fc
  .record({
    deadline: fc.oneof(fc.integer({ min: 1, max: 40_000 }), fc.constant(Number.POSITIVE_INFINITY)),
    stableFor: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 })),
    retryInterval: fc.integer({ min: 100, max: 10_000 }),
  })
  .filter(({ deadline, stableFor }) => stableFor <= deadline);

interface Step {
  readonly before: State;
  readonly observation: Observation;
  readonly now: number;
  readonly after: State;
}

/** The transitions for these inputs. A round can only end if one is in progress. */
function steps(happenings: readonly Happening[], bounds: WaitLimits): readonly Step[] {
  const taken: Step[] = [];
  let now = 0;
  let state = begin(now, bounds);
  for (const { after, what, status, doubtful, took } of happenings) {
    now += after;
    const observe = (began: number, whole: boolean): Observation => {
      const findings = [finding(status)];
      return {
        kind: 'round',
        round: roundAfter(state.last, { snapshot, findings, began: Math.max(0, began), whole }),
        doubtful: doubtful && !whole,
      };
    };
    const observation: Observation =
      what === 'poll'
        ? observe(now - took, false)
        : what === 'round'
          ? observe(state.round?.since ?? now - took, true)
          : what === 'old-round'
            ? observe((state.round?.since ?? now) - 1, true)
            : { kind: what };
    const before = state;
    state = next(before, observation, now, bounds);
    taken.push({ before, observation, now, after: state });
  }
  return taken;
}

/** Checks an invariant on every transition of many waits. */
function law(name: string, holds: (step: Step, earlier: readonly Step[], bounds: WaitLimits) => void): void {
  test(name, () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 40 }), limits, (happenings, bounds) => {
        const taken = steps(happenings, bounds);
        taken.forEach((step, index) => {
          holds(step, taken.slice(0, index), bounds);
        });
      }),
      { numRuns: 1000 },
    );
  });
}

const isNew = ({ before, after }: Step): boolean => after.last !== before.last;
const isFault = (step: Step): boolean => isNew(step) && step.after.last?.healthy === false;
const ends = ({ before, after }: Step): boolean => before.phase !== 'ended' && after.phase === 'ended';

law('healthy requires a whole round that began after every known fault', (step, earlier, { stableFor }) => {
  if (!ends(step) || step.after.verdict !== 'healthy') {
    return;
  }
  const { last, healthySince = Number.NaN } = step.after;
  assert.ok(isNew(step) && last?.whole && last.healthy);
  assert.ok(last.began >= (step.before.round?.since ?? Number.NaN));
  assert.ok(last.began >= healthySince + stableFor);
  for (const fault of earlier.filter(isFault)) {
    assert.ok(healthySince >= (fault.after.last?.began ?? Number.NaN));
  }
});

law('the deadline ends the wait, unless there is no round yet', ({ now, after }, _, { deadline }) => {
  assert.ok(now < deadline || after.phase === 'ended' || after.last === undefined);
  assert.ok(after.phase === 'ended' || after.last === undefined || after.until <= deadline);
});

law('after the deadline, no new round is used', ({ before, now, after }, _, { deadline }) => {
  assert.ok(now < deadline || before.last === undefined || after.last === before.last);
});

law(
  'the wait does not end before a healthy cluster that can be stable by the deadline is stable',
  (step, _, { deadline, stableFor }) => {
    if (ends(step) && step.after.verdict === 'unhealthy' && step.now < deadline && Number.isFinite(deadline)) {
      const { last, healthySince = Number.POSITIVE_INFINITY } = step.after;
      assert.ok(last?.healthy !== true || healthySince + stableFor > deadline - 50);
    }
  },
);

test('slow rounds do not end the wait before the cluster can be stable', () => {
  const bounds: WaitLimits = { deadline: 30_000, stableFor: 6000, retryInterval: 1000 };
  const round = (last: State['last'], status: Finding['status'], began: number): Observation => ({
    kind: 'round',
    round: roundAfter(last, { snapshot, findings: [finding(status)], began, whole: true }),
    doubtful: false,
  });
  const slow: State = { ...begin(0, bounds), slowestRound: 6000, slowestAnswer: 6000 };
  const broken = next(slow, round(undefined, 'pending', 0), 6000, bounds);
  const late = next(broken, { kind: 'time' }, 23_000, bounds);
  assert.equal(late.final, true);
  const healthy = next(late, round(late.last, 'pass', 23_000), 23_100, bounds);
  assert.deepEqual([healthy.phase, healthy.round, healthy.final], ['stable', undefined, false]);
  const again = next(healthy, { kind: 'time' }, 29_000, bounds);
  assert.deepEqual([again.round?.since, again.final], [29_000, true]);
  assert.equal(next(again, round(again.last, 'pass', 29_000), 29_100, bounds).verdict, 'healthy');
  assert.equal(next(again, round(again.last, 'pending', 29_000), 29_100, bounds).verdict, 'unhealthy');
});

law('an ended wait does not change', ({ before, after }) => {
  assert.ok(before.phase !== 'ended' || after === before);
});

law('a cancelled wait ends, and is not healthy', (step) => {
  if (step.observation.kind === 'cancelled' && step.before.phase !== 'ended') {
    assert.equal(step.after.verdict, 'cancelled');
  }
});

law('a finding that failed ends the wait', ({ after }) => {
  if (after.last?.findings.some(({ status }) => status === 'fail')) {
    assert.ok(after.verdict === 'error');
  }
});

law('a flap of a stable cluster restarts stable-for', (step) => {
  if (step.before.phase === 'stable' && step.observation.kind === 'round' && !step.observation.round.healthy) {
    const { before, after, observation } = step;
    const isIgnored = observation.doubtful || (before.final && !observation.round.whole) || !isNew(step);
    assert.ok(
      isIgnored || after.phase === 'ended' || (before.final && after.last?.whole) || after.flaps === before.flaps + 1,
    );
    assert.ok(isIgnored || after.phase === 'ended' || before.final || after.healthySince === undefined);
  }
});

law('there is always something to wait for', ({ now, after }) => {
  assert.ok(after.phase === 'ended' || after.round !== undefined || after.until > now);
});

law('hints do not cause more whole rounds than the retry interval', (step, earlier, { retryInterval }) => {
  const isHinted = ({ before, after, observation }: Step): boolean =>
    observation.kind === 'hint' && before.phase === 'converging' && after.phase === 'confirming' && !after.final;
  const hinted = earlier.findLast(isHinted);
  assert.ok(!isHinted(step) || hinted === undefined || step.now - hinted.now >= retryInterval);
});

law('a doubt lasts for at most one second', ({ before, observation, now, after }, _, { deadline }) => {
  if (observation.kind === 'round' && before.doubtedSince !== undefined && now >= before.doubtedSince + 1000) {
    assert.ok(after.last === observation.round || before.final || before.phase === 'ended' || now >= deadline);
  }
});

test('the last round before the deadline decides', () => {
  const bounds = { deadline: 10_000, stableFor: 0, retryInterval: 5000 };
  const after = (state: State, status: Finding['status'], now: number): State =>
    next(
      state,
      {
        kind: 'round',
        round: roundAfter(state.last, {
          snapshot,
          findings: [finding(status)],
          began: state.round?.since ?? 0,
          whole: true,
        }),
        doubtful: false,
      },
      now,
      bounds,
    );
  const converging = after(begin(0, bounds), 'pending', 10);
  assert.deepEqual([converging.phase, converging.until], ['converging', 9950]);
  const confirming = next(converging, { kind: 'time' }, converging.until, bounds);
  assert.deepEqual([confirming.phase, confirming.final, confirming.until], ['confirming', true, 10_000]);
  assert.equal(after(confirming, 'pass', 9970).verdict, 'healthy');
  assert.equal(after(confirming, 'pending', 9970).verdict, 'unhealthy');
});
