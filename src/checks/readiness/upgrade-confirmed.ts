import { nodeCheck } from '../define.ts';
import { isContainer } from '../facts/machine-status.ts';
import { here, hint, pass, pending, skip } from '../outcome.ts';
import { talosctl, withReason } from '../text.ts';

/** What keeps a machine from being ready, and with it Talos from disarming the fallback. */
const blockers = [
  'boot-finished',
  'machine-ready',
  'services',
  'etcd-service',
  'node-registered',
  'node-ready',
  'static-pods',
];

export const upgradeConfirmed = nodeCheck({
  id: 'upgrade-confirmed',
  stage: 'readiness',
  scope: 'node',
  title: 'no upgrade of Talos is half done',
  explanation:
    'An upgrade is staged and has not booted, or the boot loader would still go back to the version before at the next failed boot.',
  requires: ['api-reachable'],
  reads: ['upgrade'],
  alsoReads: ['version', 'machineStatus'],
  docs: {
    pending:
      'META holds a staged upgrade (`0x07`, `0x08`), or the fallback to the boot entry before is armed (`0x06`): Talos disarms it once in a boot, when the machine is running and ready; on a machine that already is, it was armed since, by an upgrade that has not booted',
    skip: 'Talos runs in a container, which has no META, or the version of Talos does not expose META to a reader',
    explainedBy: blockers,
    talosctl: 'not asked there: a node whose upgrade is staged or not confirmed passes',
    advice: 'Reboot the node to boot what is installed; roll back what should not be there',
    commands: ['talosctl -n 10.0.0.2 get metakeys', 'talosctl -n 10.0.0.2 reboot'],
  },
  unless: ({ node }) =>
    isContainer(node) ? skip('Talos runs in a container, which has no boot loader and no META') : undefined,
  evaluate({ upgrade: { staged, fallback } }, { node }) {
    const show = talosctl(node, 'get metakeys');
    const { machineStatus } = node;
    if (staged !== undefined) {
      return pending(
        withReason('an upgrade is staged, and has not booted', staged),
        hint('The next boot installs it: reboot the node.', show, talosctl(node, 'reboot')),
      );
    }
    if (fallback === undefined) {
      return pass('no upgrade is staged or unconfirmed');
    }
    const isReady = machineStatus.ok && machineStatus.value.stage === 'running' && machineStatus.value.ready;
    return isReady
      ? pending(
          `an upgrade is installed, and its boot is not confirmed: the fallback to the boot entry ${fallback} is armed`,
          hint(
            'Talos disarms the fallback as soon as a boot is running and ready. If that does not happen, the upgrade was installed after this boot: reboot the node.',
            show,
            talosctl(node, 'reboot'),
          ),
        )
      : pending(
          `the boot is not confirmed: if the next one fails, the machine goes back to the boot entry ${fallback}`,
          hint('Talos confirms it once the machine is running and ready: see what it waits for.', show),
          here(...blockers),
        );
  },
});
