import { nodeCheck } from '../define.ts';
import { isVersion } from '../facts/versions.ts';
import { here, hint, pass, pending } from '../outcome.ts';
import { talosctl } from '../text.ts';

export const talosVersion = nodeCheck({
  id: 'talos-version',
  stage: 'readiness',
  scope: 'node',
  title: 'the node runs the expected version of Talos',
  explanation: 'The node runs another version of Talos than expected-talos-version says.',
  requires: ['api-reachable'],
  reads: ['version'],
  enabled: ({ expected }) => expected.talosVersion !== undefined,
  docs: {
    pending: 'the node runs another version',
    explainedBy: ['upgrade-confirmed', 'reboot-due'],
    talosctl: 'not asked there: a node whose upgrade was rolled back passes',
    reports: ['cozystack/talm#175'],
    advice: 'See why the node does not run the new version: the upgrade has not got to it yet, or it went back',
    commands: ['talosctl -n 10.0.0.2 version', 'talosctl -n 10.0.0.2 dmesg'],
  },
  evaluate({ version }, { node, options: { expected } }) {
    const { tag } = version;
    return isVersion(tag, expected.talosVersion ?? '')
      ? pass(`Talos ${tag}`)
      : pending(
          `it runs Talos ${tag}, and ${expected.talosVersion} is expected`,
          hint(
            'The upgrade has not got to this node yet, or the node went back to the version before, as it does when the new one does not boot.',
            talosctl(node, 'version'),
            talosctl(node, 'dmesg'),
          ),
          here('upgrade-confirmed', 'reboot-due'),
        );
  },
});
