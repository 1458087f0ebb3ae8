import { count } from '../checks/text.ts';
import type { RootCause } from '../diagnosis/root-cause.ts';
import { formatDuration } from '../values/duration.ts';
import { nameNodes } from './groups.ts';

/** Such as `cp-1, cp-2`, or what else is to blame: `cluster`, `talosconfig`. Not escaped. */
export function nameBlamed({ blames, nodes }: RootCause, most: number): string {
  return blames === 'nodes' ? nameNodes(nodes, most) : blames;
}

/** What a cause says on one line: `etcd: cp-2: etcd is Preparing`. Not escaped. */
export function causeLine(cause: RootCause, mostNodes: number): string {
  return `${cause.stage}: ${nameBlamed(cause, mostNodes)}: ${cause.title}`;
}

/** Such as `4m12s`: how long it has lasted, in whole seconds; undefined if its beginning is not known. */
export function lasting({ since }: RootCause, now: number): string | undefined {
  return since === undefined ? undefined : formatDuration(Math.max(0, Math.round((now - since) / 1000) * 1000));
}

/** Such as ` for 4m12s` at the end; empty if it was seen once. */
export function forHowLong(cause: RootCause, endedAt: number): string {
  const duration = lasting(cause, endedAt) ?? '0s';
  return duration === '0s' ? '' : ` for ${duration}`;
}

/** Such as `; 2 other findings are caused by this; 8 cannot be judged before`; empty if there is nothing behind it. */
export function whatIsBehind({ consequences, notJudged }: RootCause): string {
  const [caused, waiting] = [consequences.length, notJudged.length];
  return [
    ...(caused > 0 ? [`; ${count(caused, 'other finding')} ${caused === 1 ? 'is' : 'are'} caused by this`] : []),
    ...(waiting > 0 ? [`; ${caused > 0 ? waiting : count(waiting, 'other finding')} cannot be judged before`] : []),
  ].join('');
}
