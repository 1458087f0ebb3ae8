import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { Service } from '../../talos/model.ts';
import type { Cause, NodeCheck, Outcome } from '../check.ts';
import { unmetServices } from '../facts/conditions.ts';
import { etcdFacts } from '../facts/etcd.ts';
import { withoutEtcd } from '../facts/without-etcd.ts';
import { here, hint, pass, pending, unreadable } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  const facts = etcdFacts(snapshot);
  if (!node.services.ok) {
    return unreadable(node, node.services.error, 'the state of etcd', here('services'));
  }
  const none = withoutEtcd(facts);
  if (none !== undefined) {
    return none;
  }
  const service = node.services.value.find(({ id }) => id === 'etcd');
  const trouble = service === undefined ? 'etcd is not among the services' : troubleOf(service);
  const words = trouble ?? unmetServices(node).find((unmet) => unmet.service === 'etcd')?.words;
  return words === undefined
    ? pass('etcd is running and healthy')
    : pending(
        words,
        hint(
          'Read the events and the log of etcd, and check that the control planes reach each other on TCP port 2380.',
          talosctl(node, 'service etcd'),
          talosctl(node, 'logs etcd'),
        ),
        causes(node, service),
      );
}

function troubleOf({ state, health, healthMessage, lastEvent }: Service): string | undefined {
  if (state !== 'Running') {
    return withReason(`etcd is ${state}`, lastEvent);
  }
  if (health === 'unhealthy') {
    return withReason('etcd is unhealthy', healthMessage);
  }
  return health === 'unknown' ? 'etcd is running, its health is not known yet' : undefined;
}

/** A running etcd that answers, and only has no leader to follow, is a victim of lost quorum and not its cause. */
function causes({ etcd }: NodeSnapshot, service: Service | undefined): readonly Cause[] {
  const victim = service?.state === 'Running' && etcd?.status.ok === true && etcd.status.value.leader === '';
  return here('boot-finished', ...(victim ? ['etcd-quorum'] : []));
}

export const etcdService: NodeCheck = {
  id: 'etcd-service',
  stage: 'etcd',
  scope: 'control-plane',
  title: 'etcd is running and healthy',
  explanation: 'The etcd of a control plane is not running, or its own health check fails.',
  requires: ['api-reachable'],
  wokenBy: ['services', 'machine-status'],
  evaluate,
};
