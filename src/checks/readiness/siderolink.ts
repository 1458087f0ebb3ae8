import { nodeCheck } from '../define.ts';
import { hint, pass, skip, unreadWarning, warn } from '../outcome.ts';
import { talosctl } from '../text.ts';

export const siderolink = nodeCheck({
  id: 'siderolink',
  stage: 'readiness',
  scope: 'node',
  severity: 'warn',
  title: 'the machine is connected to its SideroLink API, such as that of Omni',
  explanation:
    'The machine is meant to be managed through SideroLink, and its tunnel is down: Omni neither sees nor manages it.',
  requires: ['api-reachable'],
  reads: [],
  alsoReads: ['siderolink'],
  docs: {
    pending: 'never: it warns',
    warn: 'the tunnel is down, or its state could not be read',
    skip: 'no SideroLink API is configured, or the version of Talos does not expose it to a reader',
    talosctl: 'not asked there',
    reports: ['siderolabs/omni#2524', 'siderolabs/omni#638'],
    advice: 'Check that the node reaches the SideroLink API and its WireGuard port',
    commands: ['talosctl -n 10.0.0.2 get siderolinkstatus', 'talosctl -n 10.0.0.2 dmesg'],
  },
  evaluate(_, { node }) {
    const { siderolink } = node;
    const show = talosctl(node, 'get siderolinkstatus');
    if (!siderolink.ok) {
      return unreadWarning('the state of SideroLink', siderolink.error, hint('See what the node says of it.', show));
    }
    const [status] = siderolink.value;
    if (status === undefined) {
      return skip('no SideroLink API is configured');
    }
    return status.connected
      ? pass(`connected to ${status.host}`)
      : warn(
          `it is not connected to ${status.host}`,
          hint(
            'Check that the node reaches the SideroLink API and its WireGuard port; the log of the kernel says what fails.',
            show,
            talosctl(node, 'dmesg'),
          ),
        );
  },
});
