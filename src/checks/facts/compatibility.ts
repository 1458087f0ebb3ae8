import { compareReleases, formatRelease, type Release, releaseOf } from '../../values/release.ts';

/** What one minor release of Talos can be installed over, and which Kubernetes it runs. */
interface TalosRelease {
  readonly talos: string;
  /** The oldest release that its installer upgrades. */
  readonly from: string;
  /** Its installer refuses hosts of this release and of newer ones. */
  readonly below: string;
  /** The oldest and the newest release of Kubernetes that it runs. */
  readonly kubernetes: readonly [oldest: string, newest: string];
}

/** The rules that the installer of Talos and `talosctl upgrade-k8s` apply. docs/upgrades.md shows them. */
export const talosCompatibility = {
  source:
    'https://github.com/siderolabs/talos/tree/ad8823176e75b9cd07647ddde13c34f2ab77c663/pkg/machinery/compatibility',
  date: '2026-08-21',
  releases: [
    { talos: '1.2', from: '1.0', below: '1.3', kubernetes: ['1.23', '1.25'] },
    { talos: '1.3', from: '1.0', below: '1.5', kubernetes: ['1.24', '1.26'] },
    { talos: '1.4', from: '1.0', below: '1.6', kubernetes: ['1.25', '1.27'] },
    { talos: '1.5', from: '1.2', below: '1.7', kubernetes: ['1.26', '1.28'] },
    { talos: '1.6', from: '1.3', below: '1.8', kubernetes: ['1.24', '1.29'] },
    { talos: '1.7', from: '1.4', below: '1.9', kubernetes: ['1.25', '1.30'] },
    { talos: '1.8', from: '1.5', below: '1.10', kubernetes: ['1.26', '1.31'] },
    { talos: '1.9', from: '1.8', below: '1.11', kubernetes: ['1.27', '1.32'] },
    { talos: '1.10', from: '1.8', below: '1.12', kubernetes: ['1.28', '1.33'] },
    { talos: '1.11', from: '1.9', below: '1.13', kubernetes: ['1.29', '1.34'] },
    { talos: '1.12', from: '1.10', below: '1.14', kubernetes: ['1.30', '1.35'] },
    { talos: '1.13', from: '1.11', below: '1.15', kubernetes: ['1.31', '1.36'] },
    { talos: '1.14', from: '1.12', below: '1.16', kubernetes: ['1.32', '1.37'] },
    { talos: '1.15', from: '1.13', below: '1.17', kubernetes: ['1.33', '1.38'] },
  ] satisfies readonly TalosRelease[],
} as const;

/** The version skew policy of Kubernetes, in minor releases. */
export const kubernetesSkew = {
  source: 'https://kubernetes.io/releases/version-skew-policy/',
  date: '2026-11-29',
  /** Between the oldest and the newest kube-apiserver, and from one to the next in an upgrade. */
  apiServers: 1,
  /** How far kube-controller-manager and kube-scheduler may be behind kube-apiserver. */
  components: 1,
  /** How far a kubelet may be behind kube-apiserver. */
  kubelet: 3,
  /** The same for a kubelet older than `before`. */
  olderKubelet: { before: '1.25', behind: 2 },
} as const;

/** The rules for a release of Talos. */
export interface TalosRules {
  readonly from: Release;
  readonly below: Release;
  readonly kubernetes: readonly [oldest: Release, newest: Release];
}

function releaseIn(text: string): Release {
  const release = releaseOf(text);
  if (release === undefined) throw new Error(`the table of versions has "${text}", which is not a release`);
  return release;
}

/** The rules for a release; or why there are none: it is `newer` or `older` than all that the table has. */
export function talosRules(release: Release): TalosRules | 'newer' | 'older' {
  const found = talosCompatibility.releases.find(({ talos }) => compareReleases(releaseIn(talos), release) === 0);
  if (found === undefined) {
    return known.every((one) => compareReleases(release, one) > 0) ? 'newer' : 'older';
  }
  const [oldest, newest] = found.kubernetes;
  return {
    from: releaseIn(found.from),
    below: releaseIn(found.below),
    kubernetes: [releaseIn(oldest), releaseIn(newest)],
  };
}

const known = talosCompatibility.releases.map(({ talos }) => releaseIn(talos)).toSorted(compareReleases);

/** Why nothing can be said about a release that the table does not have. */
export function notInTable(release: Release, which: 'newer' | 'older'): string {
  const ends = known.map(formatRelease);
  return which === 'newer'
    ? `Talos ${formatRelease(release)} is newer than the table of versions, which ends with ${ends.at(-1)} (${talosCompatibility.date})`
    : `the table of versions does not have Talos ${formatRelease(release)}: it begins with ${ends.at(0)}`;
}

/** The oldest release of Talos that runs a release of Kubernetes, if the table has one. */
export function oldestTalosFor(kubernetes: Release): Release | undefined {
  return known.find((talos) => {
    const rules = talosRules(talos);
    return typeof rules !== 'string' && compareReleases(kubernetes, rules.kubernetes[1]) <= 0;
  });
}

/** How many minor releases a kubelet may be behind kube-apiserver. */
export function kubeletSkew(kubelet: Release): number {
  const { before, behind } = kubernetesSkew.olderKubelet;
  return compareReleases(kubelet, releaseIn(before)) < 0 ? behind : kubernetesSkew.kubelet;
}
