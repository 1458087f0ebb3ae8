import { count } from '../checks/text.ts';
import { rawErrorAt } from '../diagnosis/raw-error.ts';
import type { RootCause } from '../diagnosis/root-cause.ts';
import { formatDuration } from '../values/duration.ts';
import { nameNodes } from './groups.ts';

/** A cause on one line: `cp-2: etcd is Preparing`. A title about the cluster names its subject itself. Not escaped. */
export function causeLine({ blames, nodes, title }: RootCause, maxNodes: number): string {
  return blames === 'cluster' ? title : `${blames === 'nodes' ? nameNodes(nodes, maxNodes) : blames}: ${title}`;
}

/** The first observation with an error of a program or a library, which a title does not quote: `observed: …`. Not escaped. */
export function quotedError({ findings }: RootCause): string | undefined {
  const found = findings.find(({ message }) => rawErrorAt(message) >= 0);
  return found && `observed: ${found.message}`;
}

/** How long a cause has lasted, in whole seconds, such as `4m12s`; undefined if its start is not known. */
export function lasting({ since }: RootCause, now: number): string | undefined {
  return since === undefined ? undefined : formatDuration(Math.max(0, Math.round((now - since) / 1000) * 1000));
}

/** How long a cause lasted until the end, such as ` for 4m12s`; empty if that is less than a second or unknown. */
export function forHowLong(cause: RootCause, endedAt: number): string {
  const duration = lasting(cause, endedAt) ?? '0s';
  return duration === '0s' ? '' : ` for ${duration}`;
}

/** The consequences of a cause, such as `; 2 other findings are caused by this; 8 cannot be judged until it is fixed`; empty if it has none. */
export function consequencesText({ consequences, notJudged }: RootCause): string {
  const [caused, waiting] = [consequences.length, notJudged.length];
  return [
    ...(caused > 0 ? [`; ${count(caused, 'other finding')} ${caused === 1 ? 'is' : 'are'} caused by this`] : []),
    ...(waiting > 0
      ? [`; ${caused > 0 ? waiting : count(waiting, 'other finding')} cannot be judged until it is fixed`]
      : []),
  ].join('');
}
