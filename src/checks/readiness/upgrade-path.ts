import { formatRelease, type Release, releaseOf } from '../../values/release.ts';
import { nodeCheck } from '../define.ts';
import { notInTable, talosRules } from '../facts/compatibility.ts';
import { oldestReleases, type TalosStep, talosPath, talosStep } from '../facts/upgrade-path.ts';
import { hint, notKnown, pass, pending, warn } from '../outcome.ts';
import { talosctl } from '../text.ts';

/** What is wrong with a step, or remarkable about it. */
function remark(step: TalosStep, tag: string, target: Release): string {
  const rules = talosRules(target);
  const name = `Talos ${formatRelease(target)}`;
  const [from, below] = typeof rules === 'string' ? ['', ''] : [formatRelease(rules.from), formatRelease(rules.below)];
  const words: Readonly<Record<TalosStep, string>> = {
    same: '',
    next: '',
    skips: `it runs Talos ${tag}; upstream tests upgrades to ${name} only from the release before`,
    downgrade: `it runs Talos ${tag}, which is newer: ${name} takes hosts below ${below}`,
    'too-old': `it runs Talos ${tag}, and ${name} upgrades from ${from} or newer`,
    'too-new': `it runs Talos ${tag}, and ${name} takes only hosts below ${below}`,
    'unknown-newer': `${notInTable(target, 'newer')}: whether it upgrades from ${tag} is not known`,
    'unknown-older': notInTable(target, 'older'),
  };
  return words[step];
}

const refused: ReadonlySet<TalosStep> = new Set(['too-old', 'too-new', 'unknown-older']);

export const upgradePath = nodeCheck({
  id: 'upgrade-path',
  stage: 'readiness',
  scope: 'node',
  title: 'Talos on the node can be upgraded to upgrade-to in one step',
  explanation: 'The installer of the version in upgrade-to refuses the version that the node runs.',
  requires: ['api-reachable'],
  reads: ['version'],
  alsoReads: ['staticPods', 'kubeletImage', 'kubernetes.nodes'],
  enabled: ({ upgrade }) => upgrade?.talos !== undefined,
  docs: {
    pending:
      'the node is older than the oldest version that the target upgrades from, or too new to go back to it; the message has the steps in between. [Upgrades](upgrades.md) has the table',
    warn: 'the step leaves out a release, which the installer takes and upstream does not test; it is a downgrade that the installer takes; or the target is newer than the table',
    talosctl: 'not asked there',
    reports: ['siderolabs/omni#190'],
    advice: 'Upgrade release by release, each time to its latest patch',
    commands: ['talosctl -n 10.0.0.2 version'],
  },
  evaluate({ version: { tag } }, { node, snapshot, options: { upgrade } }) {
    const wanted = upgrade?.talos ?? '';
    const [host, target] = [releaseOf(tag), releaseOf(wanted)];
    const version = talosctl(node, 'version');
    if (host === undefined || target === undefined) {
      return notKnown(`Talos reports ${tag === '' ? 'no version' : `the version ${tag}`}`, hint(forwards, version));
    }
    const step = talosStep(host, target);
    const words = remark(step, tag, target);
    const path = talosPath(tag, wanted, oldestReleases(snapshot).kubernetes);
    if (words === '') {
      return pass(path === '' ? `Talos ${tag}` : path);
    }
    const advice = hint(step === 'downgrade' || step === 'too-new' ? backwards : forwards, version);
    const message = path === '' ? words : `${words}: ${path}`;
    return refused.has(step) ? pending(message, advice) : warn(message, advice);
  },
});

const forwards =
  'Upgrade release by release, each time to its latest patch and with Kubernetes in the range that it runs. The release notes say what changes.';
const backwards =
  'An older release may not know the configuration of a newer one. To undo an upgrade, talosctl rollback boots the version before.';
