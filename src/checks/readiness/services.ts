import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import type { NodeCheck, Outcome } from '../check.ts';
import { isBroken, serviceTroubles } from '../facts/services.ts';
import { here, hint, pass, pending, unreadable, warn } from '../outcome.ts';
import { talosctl, word } from '../text.ts';

function evaluate(node: NodeSnapshot, snapshot: Snapshot): Outcome {
  if (!node.services.ok) {
    return unreadable(node, node.services.error, 'the list of services', here('boot-finished'));
  }
  const troubles = serviceTroubles(node, node.services.value, snapshot);
  const [worst] = troubles;
  if (worst === undefined) {
    return pass('the services are running and healthy');
  }
  const commands =
    worst.service === undefined
      ? [talosctl(node, 'services')]
      : [talosctl(node, `service ${word(worst.service)}`), talosctl(node, `logs ${word(worst.service)}`)];
  const words = troubles.map((trouble) => trouble.words).join('; ');
  const advice = hint('Read the events and the log of the service.', ...commands);
  if (worst.isMinor === true) {
    return warn(words, advice);
  }
  const isOwn = node.services.value.some(
    (service) => service.id === worst.service && isBroken(service, node.services.at),
  );
  return pending(words, advice, isOwn ? [] : here('boot-finished'));
}

export const services: NodeCheck = {
  id: 'services',
  stage: 'readiness',
  scope: 'node',
  title: 'the services of Talos are running and healthy',
  explanation:
    'apid, machined, the kubelet or (on a control plane) trustd is not running and healthy, or another service has failed, is unhealthy or in a crash loop.',
  requires: ['api-reachable'],
  watches: ['services', 'machine-status'],
  evaluate,
};
