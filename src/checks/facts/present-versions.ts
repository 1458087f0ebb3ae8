import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { isNotExposed } from '../../talos/failure.ts';
import { compareReleases, formatRelease, minorsAhead, type Release, releaseOf } from '../../values/release.ts';
import type { Outcome } from '../check.ts';
import { hint, notKnown, onNodes, pass, pending, skip, warn } from '../outcome.ts';
import { talosctl } from '../text.ts';
import { kubeletSkew, kubernetesSkew, talosRules } from './compatibility.ts';
import { apiServerVersion, knownKubeletVersion } from './kubernetes-versions.ts';
import { namesOf } from './nodes.ts';

/** What a node runs in some version. */
interface Running {
  readonly node: NodeSnapshot;
  readonly version: string;
  readonly release: Release;
}

function running(nodes: readonly NodeSnapshot[], versionOf: (node: NodeSnapshot) => string | undefined): Running[] {
  return nodes.flatMap((node) => {
    const version = versionOf(node);
    const release = releaseOf(version ?? '');
    return version === undefined || release === undefined ? [] : [{ node, version, release }];
  });
}

const talosOf = ({ version }: NodeSnapshot): string | undefined => (version.ok ? version.value.tag : undefined);

/** At most this many nodes are named. */
const named = 3;

function names(all: readonly Running[]): string {
  const distinct = [...new Set(all.map(({ node }) => node.node.name))];
  const first = distinct.slice(0, named).join(', ');
  return distinct.length > named ? `${first} and ${distinct.length - named} more` : first;
}

/** `v1.13.9 on worker-1; v1.14.0 on cp-1, cp-2`, the fewest first. */
function byVersion(all: readonly Running[]): string {
  const groups = [...Map.groupBy(all, ({ version }) => version)].toSorted(([, a], [, b]) => a.length - b.length);
  return groups.map(([version, same]) => `${version} on ${names(same)}`).join('; ');
}

/** How many minor releases lie between the oldest and the newest. */
function spread(all: readonly Running[]): number {
  const [oldest, newest] = ends(all);
  return oldest === undefined || newest === undefined ? 0 : minorsAhead(newest.release, oldest.release);
}

function ends(all: readonly Running[]): readonly [oldest: Running | undefined, newest: Running | undefined] {
  const sorted = all.toSorted((one, other) => compareReleases(one.release, other.release));
  return [sorted[0], sorted.at(-1)];
}

function talosSkew(talos: readonly Running[]): readonly string[] {
  if (new Set(talos.map(({ version }) => version)).size < 2) {
    return [];
  }
  const far = spread(talos) > 1 ? 'more than one minor release apart' : 'not one version';
  return [`Talos is ${far} in the cluster: ${byVersion(talos)}`];
}

function apiServerSkew(apiServers: readonly Running[]): readonly string[] {
  return spread(apiServers) > kubernetesSkew.apiServers
    ? [`the API servers are more than one minor release apart: ${byVersion(apiServers)}`]
    : [];
}

function tooNew(kubelets: readonly Running[], [oldest]: ReturnType<typeof ends>): readonly string[] {
  const ahead = kubelets.filter(({ release }) => oldest !== undefined && compareReleases(release, oldest.release) > 0);
  return ahead.length === 0
    ? []
    : [`kubelets are newer than an API server (${oldest?.version} on ${oldest?.node.node.name}): ${byVersion(ahead)}`];
}

function tooOld(kubelets: readonly Running[], [, newest]: ReturnType<typeof ends>): readonly string[] {
  const behind = kubelets.filter(
    ({ release }) => newest !== undefined && minorsAhead(newest.release, release) > kubeletSkew(release),
  );
  return behind.length === 0
    ? []
    : [
        `kubelets are further behind an API server (${newest?.version} on ${newest?.node.node.name}) than Kubernetes supports: ${byVersion(behind)}`,
      ];
}

/** Kubernetes that is not among what the Talos of the node runs, as far as the table of versions has that Talos. */
function unsupported(kubernetes: readonly Running[]): readonly string[] {
  const groups = Map.groupBy(kubernetes, ({ node, version }) => `Kubernetes ${version} with Talos ${talosOf(node)}`);
  return [...groups].flatMap(([what, same]) => {
    const [first] = same;
    const talos = first && releaseOf(talosOf(first.node) ?? '');
    const rules = talos && talosRules(talos);
    if (first === undefined || rules === undefined || typeof rules === 'string') {
      return [];
    }
    const [oldest, newest] = rules.kubernetes;
    const isRun = compareReleases(first.release, oldest) >= 0 && compareReleases(first.release, newest) <= 0;
    const range = `${formatRelease(oldest)} to ${formatRelease(newest)}`;
    return isRun ? [] : [`${what}, which runs ${range}, on ${names(same)}`];
  });
}

function kubeletsOf(snapshot: Snapshot): readonly Running[] {
  return running(snapshot.nodes, (node) => knownKubeletVersion(node, snapshot));
}

/** A node that answers could tell the version of its kubelet, and did not. */
function isUnread(node: NodeSnapshot, snapshot: Snapshot): boolean {
  const { version, kubeletImage: image } = node;
  return version.ok && !image.ok && !isNotExposed(image.error) && knownKubeletVersion(node, snapshot) === undefined;
}

/** How the versions that the cluster runs fit together, as far as they are known. */
export function presentVersions(snapshot: Snapshot): Outcome {
  const talos = running(snapshot.nodes, talosOf);
  const apiServers = running(snapshot.nodes, apiServerVersion);
  const kubelets = kubeletsOf(snapshot);
  if (talos.length === 0) {
    return skip('no node tells its version');
  }
  const newer = tooNew(kubelets, ends(apiServers));
  const rest = [
    ...talosSkew(talos),
    ...apiServerSkew(apiServers),
    ...tooOld(kubelets, ends(apiServers)),
    ...unsupported([...apiServers, ...kubelets]),
  ];
  const unread = snapshot.nodes.filter((node) => isUnread(node, snapshot));
  const words = [...newer, ...rest].join('; ');
  const advice = hint(
    'Finish the upgrade, or upgrade what is behind: Kubernetes on the control planes before the kubelets, and everything one minor release at a time.',
    talosctl(
      snapshot.nodes.filter(({ version }) => version.ok),
      'version',
    ),
    ...(kubelets.length === 0 ? [] : ['kubectl get nodes -o wide']),
  );
  if (newer.length > 0) {
    return pending(words, advice);
  }
  if (unread.length > 0) {
    return notKnown(
      `the versions of the kubelets of ${namesOf(unread)} could not be read`,
      hint('See to the nodes whose versions are not known first.', talosctl(unread, 'version')),
      onNodes(unread, 'api-reachable', 'boot-finished'),
    );
  }
  return rest.length > 0 ? warn(words, advice) : pass(summary(talos, apiServers, kubelets));
}

function summary([talos]: readonly Running[], [apiServer]: readonly Running[], kubelets: readonly Running[]): string {
  const kubernetes = apiServer === undefined ? '' : `, kube-apiserver ${apiServer.version}`;
  const unknown =
    kubelets.length === 0 && apiServer !== undefined
      ? '; the kubelets are not known: Talos before 1.14, and no access to the Kubernetes API'
      : '';
  return `Talos ${talos?.version}${kubernetes}${unknown}`;
}
