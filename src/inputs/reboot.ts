import { quote, refuse } from '../values/problem.ts';
import type { InputReader } from './reader.ts';
import type { InputName } from './table.ts';

/** Inputs that leave nodes or stages out: what is not judged could be down. */
const narrowing: readonly InputName[] = ['only-nodes', 'until'];

/** The nodes that are about to go down; undefined if there are none. */
export function readReboot(reader: InputReader): readonly string[] | undefined {
  const entries = reader.list('safe-to-reboot');
  if (entries.length === 0) return undefined;
  const hint = 'what is not judged could be down already';
  for (const name of narrowing.filter((one) => reader.differs(one))) {
    reader.take(name, refuse('it to be left out, with safe-to-reboot', quote(reader.text(name)), hint));
  }
  if (reader.text('profile') === 'pre-cni') {
    reader.take('profile', refuse('default or strict, with safe-to-reboot', '"pre-cni"', hint));
  }
  return reader.nodes('safe-to-reboot', entries);
}
