import { compareReleases, formatRelease, minorsAhead, type Release, releaseOf } from '../../values/release.ts';
import { kubeletSkew, kubernetesSkew } from './compatibility.ts';

/** The version of one component on one node. */
export interface Versioned {
  readonly node: string;
  readonly what: string;
  /** Such as `v1.36.1`. */
  readonly version: string;
  readonly release: Release;
}

/** The components whose versions are known. */
export interface Versions {
  readonly apiServers: readonly Versioned[];
  /** kube-controller-manager and kube-scheduler. */
  readonly components: readonly Versioned[];
  readonly kubelets: readonly Versioned[];
}

const byRelease = (one: Versioned, other: Versioned): number => compareReleases(one.release, other.release);

/** The oldest first. */
export function sorted(all: readonly Versioned[]): readonly Versioned[] {
  return all.toSorted(byRelease);
}

const named = ({ what, node, version }: Versioned): string => `${what} of ${node} is ${version}`;

/** How far the versions are apart now, beyond what Kubernetes supports. */
export function presentSkew({ apiServers, components, kubelets }: Versions): readonly string[] {
  const order = sorted(apiServers);
  const [oldest, newest] = [order[0], order.at(-1)];
  if (oldest === undefined || newest === undefined) return [];
  const apart = minorsAhead(newest.release, oldest.release);
  return [
    ...(apart > kubernetesSkew.apiServers
      ? [`${named(oldest)} and that of ${newest.node} ${newest.version}: API servers may be one minor release apart`]
      : []),
    ...components.flatMap((component) => componentSkew(component, apiServers)),
    ...kubelets.flatMap((kubelet) =>
      compareReleases(kubelet.release, oldest.release) > 0
        ? [`${named(kubelet)}, newer than the API server of ${oldest.node}, which is ${oldest.version}`]
        : tooFarBehind(kubelet, newest.release, `the API server of ${newest.node}, which is ${newest.version}`),
    ),
  ];
}

/** kube-controller-manager and kube-scheduler use the API server of their own machine. */
function componentSkew(component: Versioned, apiServers: readonly Versioned[]): readonly string[] {
  const own = apiServers.find(({ node }) => node === component.node);
  if (own === undefined) return [];
  const behind = minorsAhead(own.release, component.release);
  return behind < 0 || behind > kubernetesSkew.components
    ? [`${named(component)}, and its API server ${own.version}: it may be one minor release older`]
    : [];
}

function tooFarBehind(kubelet: Versioned, apiServer: Release, whose: string): readonly string[] {
  const most = kubeletSkew(kubelet.release);
  return minorsAhead(apiServer, kubelet.release) > most
    ? [`${named(kubelet)}, more than ${most} minor releases behind ${whose}`]
    : [];
}

/** What stands in the way of an upgrade to a release, besides the steps in between. */
export function targetSkew({ apiServers, kubelets }: Versions, target: Release): readonly string[] {
  return [
    ...apiServers
      .filter(({ release }) => compareReleases(release, target) > 0)
      .map((one) => `${named(one)}: Kubernetes cannot go back to ${formatRelease(target)}`),
    ...kubelets.flatMap((kubelet) => tooFarBehind(kubelet, target, formatRelease(target))),
  ];
}

/** Whether the API servers reach a release in one step: none of them may leave a release out. */
export function isOneStep({ apiServers }: Versions, target: Release): boolean {
  return apiServers.every(({ release }) => minorsAhead(target, release) <= kubernetesSkew.apiServers);
}

/** The component with its release; undefined if the version is none. */
export function versioned(node: string, what: string, version: string): Versioned | undefined {
  const release = releaseOf(version);
  return release && { node, what, version, release };
}
