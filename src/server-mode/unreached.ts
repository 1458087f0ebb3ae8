import { classify } from '../talos/classify.ts';
import type { Failure, FailureKind } from '../talos/failure.ts';

/** The node cannot be reached at all, whichever check reports it. */
const unreachable = new Set<FailureKind>(['refused', 'no-route', 'unresolved', 'connect-timeout', 'wrong-ca']);

/** The node accepts calls and does not answer them. A call to etcd can hang while the node is fine. */
const hangs: FailureKind = 'timeout';

/** The gRPC status name of what Go calls `DeadlineExceeded`. */
function statusName(code: string): string {
  return code === 'Canceled' ? 'CANCELLED' : code.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase();
}

/**
 * Why a node cannot be reached from the control plane node that runs the check;
 * undefined if the node did answer.
 *
 * @param check that reported the error
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
