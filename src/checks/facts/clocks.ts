import type { MeasuredTime } from '../../observe/facets/machine.ts';
import type { Snapshot } from '../../observe/snapshot.ts';
import { perSnapshot } from './per-snapshot.ts';

type Range = MeasuredTime['ahead'];

/** The clock of this machine. */
const runner: Range = { least: 0, most: 0 };

const middle = ({ least, most }: Range): number => (least + most) / 2;

/** The clock in the middle of those of the cluster; undefined if fewer than two are known. */
const usualClock = perSnapshot(({ nodes }: Snapshot): { readonly range?: Range } => {
  const ranges = nodes
    .flatMap(({ time }) => (time.ok && 'ahead' in time.value ? [time.value.ahead] : []))
    .toSorted((one, other) => middle(one) - middle(other));
  const range = ranges[Math.floor((ranges.length - 1) / 2)];
  return ranges.length < 2 || range === undefined ? {} : { range };
});

/** How far one clock certainly is ahead of another, in milliseconds; negative: behind; 0: they may agree. */
function apart(one: Range, other: Range): number {
  const ahead = one.least - other.most;
  const behind = one.most - other.least;
  return ahead > 0 ? ahead : behind < 0 ? behind : 0;
}

/** The clock that a node's was compared with, and how far the node's certainly is ahead of it, in milliseconds. */
export interface Offset {
  readonly from: 'this machine' | 'the other nodes' | 'its time server';
  readonly ahead: number;
}

/** What a node's clock is furthest from. */
export function worstOffset({ ahead, aheadOfServer }: MeasuredTime, snapshot: Snapshot): Offset {
  const { range } = usualClock(snapshot);
  const offsets: readonly Offset[] = [
    { from: 'its time server', ahead: aheadOfServer },
    ...(range === undefined ? [] : [{ from: 'the other nodes', ahead: apart(ahead, range) } as const]),
    { from: 'this machine', ahead: apart(ahead, runner) },
  ];
  return offsets.reduce((worst, one) => (Math.abs(one.ahead) > Math.abs(worst.ahead) ? one : worst));
}
