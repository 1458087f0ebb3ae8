import type { NodeSnapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { remainingConditions } from '../facts/conditions.ts';
import { hint, pass, pending, unreadable } from '../outcome.ts';
import { talosctl } from '../text.ts';

/** Where Talos tells more of the conditions that are known. */
const sources = { time: 'timestatus', network: 'networkstatus -o yaml' };

function evaluate(node: NodeSnapshot): Outcome {
  if (!node.machineStatus.ok) {
    return unreadable(node, node.machineStatus.error, 'the machine status');
  }
  const { ready, unmetConditions } = node.machineStatus.value;
  const remaining = remainingConditions(node);
  const show = talosctl(node, 'get machinestatus -o yaml');
  const advised = remaining.flatMap((condition) =>
    Object.entries(sources).flatMap(([name, what]) =>
      condition.startsWith(`${name}:`) ? [talosctl(node, `get ${what}`)] : [],
    ),
  );
  if (remaining.length > 0) {
    return pending(
      remaining.join('; '),
      hint(
        `Talos holds the node back until this is met${advised.length === 0 ? '' : ': check its time servers, addresses, routes and name servers'}.`,
        show,
        ...advised,
      ),
    );
  }
  if (!ready && unmetConditions.length === 0) {
    return pending('Talos says the machine is not ready, and not why', hint('See what Talos says of itself.', show));
  }
  return pass(ready ? 'ready' : 'time and network are ready; what is not has its own check');
}

export const machineReady: NodeCheck = {
  id: 'machine-ready',
  stage: 'readiness',
  scope: 'node',
  title: 'Talos says the machine is ready',
  explanation:
    'Time is not synchronised, the network is not up, or a condition is unmet that this version does not know.',
  requires: ['api-reachable', 'boot-finished'],
  watches: ['machine-status'],
  evaluate,
};
