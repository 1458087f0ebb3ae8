import { shellWord } from '../../values/shell.ts';
import { nodeCheck } from '../define.ts';
import { isBroken, serviceTroubles } from '../facts/services.ts';
import { here, hint, pass, pending, warn } from '../outcome.ts';
import { talosctl } from '../text.ts';

export const services = nodeCheck({
  id: 'services',
  stage: 'readiness',
  scope: 'node',
  title: 'the services of Talos are running and healthy',
  explanation:
    'apid, machined, the kubelet or (on a control plane) trustd is not running and healthy, or another service has failed, is unhealthy or in a crash loop.',
  requires: ['api-reachable'],
  reads: ['services'],
  alsoReads: ['machineStatus'],
  docs: {
    pending:
      'apid, machined, the kubelet (if the cluster has Kubernetes) or, on a control plane, trustd is not running and healthy; another service that runs is unhealthy; any has failed; one of apid, containerd, cri, the kubelet, machined, sandboxd and trustd is in a crash loop: Talos starts it again and again, and it runs no longer than before. etcd has a stage of its own',
    warn: 'any other service, such as an extension, is in a crash loop',
    explainedBy: ['boot-finished'],
    talosctl:
      '"kubelet to be healthy", on control planes only; a worker whose kubelet has failed passes there, and so does an extension',
    reports: ['siderolabs/talos#4665', 'siderolabs/talos#7977'],
    advice: 'Read the events and the log of the service',
    commands: ['talosctl -n 10.0.0.2 service kubelet', 'talosctl -n 10.0.0.2 logs kubelet'],
  },
  unread: () => ({ explainedBy: here('boot-finished') }),
  evaluate({ services }, { node, snapshot }) {
    const troubles = serviceTroubles(node, services, snapshot);
    const [worst] = troubles;
    if (worst === undefined) {
      return pass('the services are running and healthy');
    }
    const commands =
      worst.service === undefined
        ? [talosctl(node, 'services')]
        : [talosctl(node, `service ${shellWord(worst.service)}`), talosctl(node, `logs ${shellWord(worst.service)}`)];
    const words = troubles.map((trouble) => trouble.words).join('; ');
    const advice = hint('Read the events and the log of the service.', ...commands);
    if (worst.isMinor === true) {
      return warn(words, advice);
    }
    const failedItself = services.some(
      (service) => service.id === worst.service && isBroken(service, node.services.at),
    );
    return pending(words, advice, failedItself ? [] : here('boot-finished'));
  },
});
