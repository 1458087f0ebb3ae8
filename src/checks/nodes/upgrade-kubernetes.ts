import { compareReleases, formatRelease, type Release, releaseOf } from '../../values/release.ts';
import type { Outcome } from '../check.ts';
import { nodeCheck } from '../define.ts';
import { notInTable, type TalosRules, talosRules } from '../facts/compatibility.ts';
import { withoutKubernetes } from '../facts/kubernetes.ts';
import { type Component, controlPlaneComponents, kubeletAccess, kubeletVersion } from '../facts/kubernetes-versions.ts';
import { hint, notKnown, pass, pending, warn } from '../outcome.ts';
import { talosctl } from '../text.ts';

const advice = 'Upgrade Kubernetes and Talos in the order in which each runs with the other.';

/** The Kubernetes that one version of Talos runs. */
interface Range {
  /** `Talos 1.14`. */
  readonly talos: string;
  readonly kubernetes: TalosRules['kubernetes'];
}

/** `Talos 1.14 runs Kubernetes 1.32 to 1.37`. */
function rangeWords({ talos, kubernetes: [oldest, newest] }: Range): string {
  return `${talos} runs Kubernetes ${formatRelease(oldest)} to ${formatRelease(newest)}`;
}

function isIn(release: Release, { kubernetes: [oldest, newest] }: Range): boolean {
  return compareReleases(release, oldest) >= 0 && compareReleases(release, newest) <= 0;
}

/** The range of a version of Talos; a text if the table has none. */
function rangeOf(version: string): Range | string {
  const release = releaseOf(version);
  if (release === undefined) return `Talos reports the version ${version || '""'}`;
  const rules = talosRules(release);
  return typeof rules === 'string'
    ? notInTable(release, rules)
    : { talos: `Talos ${formatRelease(release)}`, kubernetes: rules.kubernetes };
}

/** The components that a version of Talos does not run: `kubelet v1.30.4`. */
function outside(components: readonly Component[], range: Range): readonly string[] {
  return components.flatMap(({ what, version = '' }) => {
    const release = releaseOf(version);
    return release === undefined || isIn(release, range) ? [] : [`${what} ${version}`];
  });
}

interface Upgrade {
  /** What Talos on the node runs, and what it will run. */
  readonly host: Range | string;
  readonly target?: Range | string;
  readonly kubernetes?: Release;
  readonly components: readonly Component[];
}

/** Why Kubernetes and Talos cannot come together in one step each; undefined if they can, or if the table does not tell. */
function conflict({ host, target, kubernetes, components }: Upgrade): string | undefined {
  const after = target ?? host;
  if (typeof after === 'string') return undefined;
  if (kubernetes !== undefined && !isIn(kubernetes, after)) {
    return `${rangeWords(after)}, and not ${formatRelease(kubernetes)}`;
  }
  const wrong = target === undefined ? [] : outside(components, after);
  if (wrong.length === 0) return undefined;
  const isKubernetesFirst = kubernetes !== undefined && typeof host !== 'string' && isIn(kubernetes, host);
  return isKubernetesFirst ? undefined : `${wrong.join(', ')}, and ${rangeWords(after)}`;
}

/** In which order to upgrade. */
function order({ host, target, kubernetes, components }: Upgrade): string {
  if (target === undefined || typeof target === 'string' || kubernetes === undefined) return '';
  if (outside(components, target).length > 0) return 'Kubernetes first, then Talos';
  return typeof host !== 'string' && isIn(kubernetes, host) ? '' : 'Talos first, then Kubernetes';
}

export const upgradeKubernetes = nodeCheck({
  id: 'upgrade-kubernetes',
  stage: 'nodes',
  scope: 'node',
  title: 'Talos and Kubernetes on the node run together, also after the upgrade',
  explanation: 'The version of Talos that is aimed at does not run the Kubernetes of the node, or the other way round.',
  requires: ['api-reachable'],
  reads: ['version', 'staticPods'],
  alsoReads: ['kubeletImage', 'kubernetes.nodes'],
  enabled: ({ upgrade }) => upgrade !== undefined,
  docs: {
    pending:
      'a component of Kubernetes on the node is outside of the range that the Talos of `upgrade-to` runs; or the version of `upgrade-kubernetes-to` is outside of that range, without `upgrade-to` of the range of the Talos that the node runs. [Upgrades](upgrades.md) has the table',
    warn: 'the version of the kubelet is not available (Talos before 1.14, and no access to the Kubernetes API), or the table does not have the version of Talos',
    skip: 'no node has a kubelet, and `upgrade-kubernetes-to` is not given',
    explainedBy: ['boot-finished', 'services'],
    talosctl: 'not asked there; `talosctl upgrade` does not ask it either, `talosctl upgrade-k8s` does',
    reports: ['siderolabs/talos#11198'],
    advice: 'Upgrade Kubernetes and Talos in the order in which each runs with the other',
    commands: ['talosctl -n 10.0.0.2 get staticpods -o yaml', 'kubectl get nodes -o wide'],
  },
  evaluate({ version: { tag }, staticPods }, { node, snapshot, options: { upgrade } }): Outcome {
    const { talos, kubernetes: wanted } = upgrade ?? {};
    const kubernetes = wanted === undefined ? undefined : releaseOf(wanted);
    const show = hint(advice, talosctl(node, 'get staticpods -o yaml'), 'kubectl get nodes -o wide');
    const without = withoutKubernetes({ node, snapshot });
    if (without !== undefined) {
      return wanted === undefined
        ? without
        : pending(`it runs no Kubernetes, and is to be upgraded to ${wanted}`, show);
    }
    // Without a step of Talos the version that the kubelet leaves does not matter.
    const kubelet = talos === undefined ? undefined : kubeletVersion(node, snapshot, kubeletAccess);
    if (kubelet && 'outcome' in kubelet && !kubelet.notExposed) {
      return kubelet.outcome;
    }
    const pods = controlPlaneComponents(staticPods);
    const nameless = pods.find(({ version }) => version === undefined);
    if (nameless !== undefined) {
      return notKnown(`the version of ${nameless.what} is not known: its image is ${nameless.image}`, show);
    }
    const own: readonly Component[] =
      kubelet && 'version' in kubelet ? [{ what: 'kubelet', image: '', version: kubelet.version }] : [];
    const step: Upgrade = {
      host: rangeOf(tag),
      ...(talos !== undefined && { target: rangeOf(talos) }),
      ...(kubernetes && { kubernetes }),
      components: [...own, ...pods],
    };
    const trouble = conflict(step);
    if (trouble !== undefined) {
      return pending(trouble, show);
    }
    const after = step.target ?? step.host;
    if (typeof after === 'string') {
      return warn(after, show);
    }
    if (kubelet && 'outcome' in kubelet) {
      return warn(kubelet.outcome.message, kubeletAccess);
    }
    return pass([rangeWords(after), order(step)].filter((part) => part !== '').join(': '));
  },
});
