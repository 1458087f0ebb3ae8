import type { Outcome } from '../check.ts';
import { here, hint, notKnown, onNodes, skip } from '../outcome.ts';
import type { EtcdFacts } from './etcd.ts';

/**
 * Whether there is an etcd to judge. Only where every control plane was asked
 * and none has one is it skipped: an unreachable control plane might have it.
 */
export function withoutEtcd({ presence, controlPlanes }: EtcdFacts): Outcome | undefined {
  switch (presence) {
    case 'configured':
      return undefined;
    case 'absent':
      return skip('etcd is not configured: no control plane has it');
    case 'unknown':
      return notKnown(
        'not known whether there is an etcd: not every control plane could be asked',
        hint('See to the control planes that do not answer first.'),
        [...here('topology'), ...onNodes(controlPlanes, 'api-reachable', 'services')],
      );
  }
}
