import { nodeCheck } from '../define.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

export const rebootDue = nodeCheck({
  id: 'reboot-due',
  stage: 'readiness',
  scope: 'node',
  title: 'no reboot is due',
  explanation: 'Talos has a request to reboot the machine, as after an installation.',
  requires: ['api-reachable'],
  reads: ['rebootRequest'],
  enabled: ({ expected, baseline, upgrade, safeToReboot }) =>
    [expected.talosVersion, expected.schematics, expected.extensions, baseline, upgrade, safeToReboot].some(
      (one) => one !== undefined,
    ),
  docs: {
    pending: 'the resource RebootRequest exists',
    explainedBy: ['upgrade-confirmed'],
    skip: 'the version of Talos is older than 1.14, or does not expose it to a reader',
    talosctl: 'not asked there',
    advice: 'Wait for the reboot',
    commands: ['talosctl -n 10.0.0.2 get rebootrequests', 'talosctl -n 10.0.0.2 dmesg'],
  },
  evaluate({ rebootRequest }, { node }) {
    return rebootRequest.length === 0
      ? pass('none')
      : pending(
          'a reboot is due: what is installed has not booted',
          hint('Talos reboots by itself; the log says what it waits for.', talosctl(node, 'dmesg')),
          here('upgrade-confirmed'),
        );
  },
});
