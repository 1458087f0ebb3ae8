import { nodeCheck } from '../define.ts';
import { remainingConditions } from '../facts/machine-status.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

/** The resources with the details of a condition. */
const resources = { time: 'timestatus', network: 'networkstatus -o yaml' };

export const machineReady = nodeCheck({
  id: 'machine-ready',
  stage: 'readiness',
  scope: 'node',
  title: 'Talos says the machine is ready',
  explanation:
    'Time is not synchronised, the network is not up, or a condition is unmet that this version does not know.',
  requires: ['api-reachable', 'boot-finished'],
  reads: ['machineStatus'],
  docs: {
    pending:
      'a condition `time`, `network` or one that this version does not know is unmet, or the machine is not ready and does not say why; services, static pods and the Kubernetes node have checks of their own',
    explainedBy: ['network'],
    talosctl: 'not looked at there: a node that Talos itself calls not ready passes',
    advice: 'Check the time servers, addresses, routes and name servers of the node',
    commands: [
      'talosctl -n 10.0.0.2 get machinestatus -o yaml',
      'talosctl -n 10.0.0.2 get timestatus',
      'talosctl -n 10.0.0.2 get networkstatus -o yaml',
    ],
  },
  evaluate({ machineStatus }, { node }) {
    const { ready, unmetConditions } = machineStatus;
    const remaining = remainingConditions(node);
    const show = talosctl(node, 'get machinestatus -o yaml');
    const isOfNetwork = remaining.every((condition) => condition.startsWith('network:'));
    const advised = remaining.flatMap((condition) =>
      Object.entries(resources).flatMap(([name, what]) =>
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
        isOfNetwork ? here('network') : [],
      );
    }
    if (!ready && unmetConditions.length === 0) {
      return pending('Talos says the machine is not ready, and not why', hint('See what Talos says of itself.', show));
    }
    return pass(ready ? 'ready' : 'time and network are ready; what is not has its own check');
  },
});
