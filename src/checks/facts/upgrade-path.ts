import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { compareReleases, formatRelease, minorsAhead, type Release, releaseOf } from '../../values/release.ts';
import { oldestTalosFor, talosRules } from './compatibility.ts';
import { kubernetesMatch } from './kubernetes-match.ts';
import { controlPlaneComponents } from './kubernetes-versions.ts';
import { perSnapshot } from './per-snapshot.ts';
import { imageVersion } from './versions.ts';

/**
 * How the installer of a release treats a host:
 *
 * - `same`, `next`: it is the same release or the one before, as upstream tests it.
 * - `skips`: the installer takes the host, but releases lie between.
 * - `downgrade`: it is newer, and the installer takes it nevertheless.
 * - `too-old`, `too-new`: the installer refuses it.
 * - `unknown-newer`, `unknown-older`: the table does not have the release.
 */
export type TalosStep =
  | 'same'
  | 'next'
  | 'skips'
  | 'downgrade'
  | 'too-old'
  | 'too-new'
  | 'unknown-newer'
  | 'unknown-older';

export function talosStep(host: Release, target: Release): TalosStep {
  const rules = talosRules(target);
  if (typeof rules === 'string') return `unknown-${rules}`;
  if (compareReleases(host, rules.from) < 0) return 'too-old';
  if (compareReleases(host, rules.below) >= 0) return 'too-new';
  const ahead = minorsAhead(target, host);
  if (ahead < 0) return 'downgrade';
  return ahead === 0 ? 'same' : ahead === 1 ? 'next' : 'skips';
}

/** `1.14.x` for a release without a patch, else the version without its `v`. */
function exact(version: string): string {
  const plain = version.replace(/^v/i, '');
  return /^\d+\.\d+$/.test(plain) ? `${plain}.x` : plain;
}

/** The releases after `from` up to `to`; empty if there are none, or if their number is not known. */
function releasesUpTo(from: Release, to: Release): readonly Release[] {
  const ahead = minorsAhead(to, from);
  return Number.isFinite(ahead) && ahead > 0
    ? Array.from({ length: ahead }, (_, index) => ({ major: from.major, minor: from.minor + index + 1 }))
    : [];
}

/** The way from a version to another, release by release: `1.10.4 → 1.11.x → 1.12.2`. */
function hops(from: string, to: string, steps: readonly Release[]): string {
  const between = steps.slice(0, -1).map((release) => `${formatRelease(release)}.x`);
  return [exact(from), ...between, exact(to)].join(' → ');
}

/** What has to reach which release before which step: `Kubernetes before Talos 1.13: at least 1.31`. */
function notes(
  steps: readonly Release[],
  present: Release | undefined,
  least: (step: Release) => Release | undefined,
  [what, stepOf]: readonly [what: string, stepOf: string],
): readonly string[] {
  let reached = present;
  const found: string[] = [];
  for (const step of steps) {
    const needed = least(step);
    if (reached !== undefined && needed !== undefined && compareReleases(reached, needed) < 0) {
      found.push(`${what} before ${stepOf} ${formatRelease(step)}: at least ${formatRelease(needed)}`);
      reached = needed;
    }
  }
  return found;
}

/** The way of a node to a version of Talos, with what Kubernetes needs before a step. Empty if there is no step. */
export function talosPath(version: string, target: string, kubernetes: Release | undefined): string {
  const [from, to] = [releaseOf(version), releaseOf(target)];
  const steps = from && to ? releasesUpTo(from, to) : [];
  if (steps.length === 0) return '';
  const least = (step: Release): Release | undefined => {
    const rules = talosRules(step);
    return typeof rules === 'string' ? undefined : rules.kubernetes[0];
  };
  return [hops(version, target, steps), ...notes(steps, kubernetes, least, ['Kubernetes', 'Talos'])].join(', ');
}

/** The same of Kubernetes, with what Talos needs before a step. */
export function kubernetesPath(version: string, target: string, talos: Release | undefined): string {
  const [from, to] = [releaseOf(version), releaseOf(target)];
  const steps = from && to ? releasesUpTo(from, to) : [];
  if (steps.length === 0) return '';
  return [hops(version, target, steps), ...notes(steps, talos, oldestTalosFor, ['Talos', 'Kubernetes'])].join(', ');
}

function oldest(versions: readonly (string | undefined)[]): Release | undefined {
  const releases = versions.flatMap((version) => (version && releaseOf(version)) || []);
  return releases.toSorted(compareReleases)[0];
}

function componentVersions(node: NodeSnapshot, snapshot: Snapshot): readonly (string | undefined)[] {
  const { staticPods, kubeletImage } = node;
  return [
    kubernetesMatch(snapshot).ofMachine.get(node.node.name)?.kubeletVersion,
    ...(kubeletImage.ok ? [imageVersion(kubeletImage.value)] : []),
    ...(staticPods.ok ? controlPlaneComponents(staticPods.value).map(({ version }) => version) : []),
  ];
}

/** The oldest releases in the cluster, of what is known. */
export const oldestReleases = perSnapshot((snapshot): { readonly talos?: Release; readonly kubernetes?: Release } => {
  const talos = oldest(snapshot.nodes.map(({ version }) => (version.ok ? version.value.tag : undefined)));
  const kubernetes = oldest(snapshot.nodes.flatMap((node) => componentVersions(node, snapshot)));
  return { ...(talos && { talos }), ...(kubernetes && { kubernetes }) };
});
