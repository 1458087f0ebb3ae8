import { classify } from '../talos/classify.ts';
import type { Failure, FailureKind } from '../talos/failure.ts';

/** The node gave no answer at all: whatever was asked of it, that is what is wrong. */
const unreachable = new Set<FailureKind>(['refused', 'no-route', 'unresolved', 'connect-timeout', 'wrong-ca']);

/** A node that takes calls and never answers; but a call to its etcd can hang alone. */
const hangs: FailureKind = 'timeout';

/** The gRPC status name of what Go calls `DeadlineExceeded`. */
function statusName(code: string): string {
  return code === 'Canceled' ? 'CANCELLED' : code.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase();
}

/**
 * Why a node cannot be reached from the control plane that ran the check, where
 * the error of a check says that; undefined where the node did answer.
 *
 * @param check that the error is of
 */
export function unreachedIn(check: string, text: string): Failure | undefined {
  const [, code = '', details = ''] = /rpc error: code = (\w+) desc = (.*)$/s.exec(text) ?? [];
  if (code === '') {
    return undefined;
  }
  const { kind, layer, code: name, message } = classify({ code: statusName(code), details }, '');
  const isDead = unreachable.has(kind) || (kind === hangs && check !== 'etcd-members-consistent');
  return isDead && layer === 'node' ? { kind, layer, code: name, message } : undefined;
}
