import type { Outcome } from '../check.ts';
import { type NodeSubject, nodeCheck } from '../define.ts';
import { failedUpgrade, repeatedBoots } from '../facts/baseline.ts';
import { isContainer } from '../facts/machine-status.ts';
import { here, hint, pass, pending, skip, warn } from '../outcome.ts';
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

/** Nothing is staged, and no fallback is armed: only versions and boots tell how an upgrade ended. */
function unstaged({ node, snapshot, options }: NodeSubject): Outcome {
  const failed = failedUpgrade(node, snapshot, options);
  const log = talosctl(node, 'dmesg');
  switch (failed?.how) {
    case 'rolled back':
      return pending(
        failed.words,
        hint('The new version did not boot, or not well enough: see its console, and upgrade again.', log),
      );
    case 'never rebooted':
      return pending(
        failed.words,
        hint(
          'Reboot the node if the version is installed, which stops what runs on it; else upgrade it.',
          talosctl(node, 'reboot'),
          log,
        ),
      );
    default: {
      const boots = repeatedBoots(node, options);
      return boots.length === 0
        ? pass('no upgrade is staged or unconfirmed')
        : warn(
            `it has rebooted ${boots.length} times since the baseline, into ${boots.join(', then ')}`,
            hint('One boot of a version is enough: see in the log why there was another.', log),
          );
    }
  }
}

export const upgradeConfirmed = nodeCheck({
  id: 'upgrade-confirmed',
  stage: 'readiness',
  scope: 'node',
  title: 'no upgrade of Talos is half done',
  explanation: 'An upgrade is staged and has not booted, was rolled back, or would still be at the next failed boot.',
  requires: ['api-reachable'],
  reads: ['upgrade'],
  alsoReads: ['version', 'machineStatus'],
  docs: {
    pending:
      'META holds a staged upgrade (`0x07`, `0x08`), or the fallback to the boot entry before is armed (`0x06`): Talos disarms it once in a boot, when the machine is running and ready; on a machine that already is, it was armed since, by an upgrade that has not booted. Beside `expected-talos-version`, a node with an older version was rolled back if this run has seen it boot a newer one, or if it has rebooted since the baseline; with the boot of the baseline it has never rebooted',
    warn: 'this run has seen the machine boot one version twice since the baseline',
    skip: 'Talos runs in a container, which has no META, or the version of Talos does not expose META to a reader',
    explainedBy: blockers,
    talosctl: 'not asked there: a node whose upgrade is staged or not confirmed passes',
    reports: ['siderolabs/talos#10364', 'cozystack/talm#175'],
    advice:
      'Reboot the node to boot what is installed, which stops what runs on it; roll back what should not be there',
    commands: ['talosctl -n 10.0.0.2 get metakeys', 'talosctl -n 10.0.0.2 reboot'],
  },
  unless: ({ node }) =>
    isContainer(node) ? skip('Talos runs in a container, which has no boot loader and no META') : undefined,
  evaluate({ upgrade: { staged, fallback } }, subject) {
    const { node } = subject;
    const show = talosctl(node, 'get metakeys');
    const { machineStatus } = node;
    if (staged !== undefined) {
      return pending(
        withReason('an upgrade is staged, and has not booted', staged),
        hint(
          'The next boot installs it: reboot the node, which stops what runs on it.',
          show,
          talosctl(node, 'reboot'),
        ),
      );
    }
    if (fallback === undefined) {
      return unstaged(subject);
    }
    const isReady = machineStatus.ok && machineStatus.value.stage === 'running' && machineStatus.value.ready;
    return isReady
      ? pending(
          `an upgrade is installed, and its boot is not confirmed: the fallback to the boot entry ${fallback} is armed`,
          hint(
            'Talos disarms the fallback as soon as a boot is running and ready. If that does not happen, the upgrade was installed after this boot: reboot the node, which stops what runs on it.',
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
