import { nodeCheck } from '../define.ts';
import { failedProbes } from '../facts/probes.ts';
import { hint, pass, pending } from '../outcome.ts';
import { count, talosctl, withReason } from '../text.ts';

export const probes = nodeCheck({
  id: 'probes',
  stage: 'readiness',
  scope: 'node',
  title: 'the network probes of the machine configuration succeed',
  explanation:
    'A TCP or HTTP probe that the machine configuration asks for fails: the machine does not reach what it needs.',
  requires: ['api-reachable', 'boot-finished'],
  reads: ['probes'],
  docs: {
    pending: 'a probe does not succeed',
    skip: 'the version of Talos does not expose them to a reader',
    talosctl: 'not asked there: Talos tells the results only node by node',
    reports: ['siderolabs/omni#2521', 'siderolabs/talos#12401'],
    advice: 'Check what the probe asks for, and the network of the node on the way there',
    commands: ['talosctl -n 10.0.0.2 get probestatus', 'talosctl -n 10.0.0.2 get routes'],
  },
  evaluate({ probes }, { node }) {
    if (probes.length === 0) {
      return pass('none fails');
    }
    const failed = failedProbes(node);
    return failed.length === 0
      ? pass(count(probes.length, 'probe'))
      : pending(
          failed.map(({ id, lastError }) => withReason(`the probe ${id} fails`, lastError)).join('; '),
          hint(
            'Check what the probe asks for, and the network of the node on the way there.',
            talosctl(node, 'get probestatus'),
            talosctl(node, 'get routes'),
          ),
        );
  },
});
