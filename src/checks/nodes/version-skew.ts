import type { NodeSnapshot, Snapshot } from '../../observe/snapshot.ts';
import { releaseOf } from '../../values/release.ts';
import { clusterCheck } from '../define.ts';
import { clusterWithoutKubernetes } from '../facts/kubernetes.ts';
import { kubernetesMatch } from '../facts/kubernetes-match.ts';
import { controlPlaneComponents, kubeletAccess, kubeletVersion } from '../facts/kubernetes-versions.ts';
import { namesOf } from '../facts/nodes.ts';
import { presentVersions } from '../facts/present-versions.ts';
import { kubernetesPath, oldestReleases } from '../facts/upgrade-path.ts';
import {
  isOneStep,
  presentSkew,
  sorted,
  targetSkew,
  type Versioned,
  type Versions,
  versioned,
} from '../facts/version-skew.ts';
import { here, hint, notKnown, onNodes, pass, pending, warn } from '../outcome.ts';

const advice = hint(
  'Bring the components of Kubernetes together first, then upgrade one minor release after the other, each to its latest patch.',
  'kubectl get nodes -o wide',
  'talosctl upgrade-k8s --dry-run --to VERSION',
);

/** The versions of the cluster, and the nodes of which one is not known. */
interface Observed {
  readonly versions: Versions;
  /** Nodes whose kubelet only an os:admin sees. */
  readonly notExposed: readonly NodeSnapshot[];
  /** Nodes that did not tell, or not yet. */
  readonly unknown: readonly NodeSnapshot[];
}

function observe(snapshot: Snapshot): Observed {
  const pods: Versioned[] = [];
  const kubelets: Versioned[] = [];
  const notExposed: NodeSnapshot[] = [];
  const unknown: NodeSnapshot[] = [];
  for (const node of snapshot.nodes) {
    const { name, role } = node.node;
    const kubelet = kubeletVersion(node, snapshot, kubeletAccess);
    const own = 'version' in kubelet ? versioned(name, 'the kubelet', kubelet.version) : undefined;
    const components = node.staticPods.ok ? controlPlaneComponents(node.staticPods.value) : [];
    const read = components.flatMap(({ what, version = '' }) => versioned(name, what, version) ?? []);
    pods.push(...read);
    kubelets.push(...(own ? [own] : []));
    const isComplete =
      (node.staticPods.ok || role === 'worker') &&
      read.length === components.length &&
      (role === 'worker' || read.some(({ what }) => what === 'kube-apiserver'));
    if (!isComplete || (own === undefined && !('outcome' in kubelet && kubelet.notExposed))) {
      unknown.push(node);
    } else if (own === undefined) {
      notExposed.push(node);
    }
  }
  const strangers = kubernetesMatch(snapshot).unmatched.flatMap(
    ({ name, kubeletVersion: version }) => versioned(name, 'the kubelet', version) ?? [],
  );
  const isApiServer = ({ what }: Versioned): boolean => what === 'kube-apiserver';
  return {
    versions: {
      apiServers: pods.filter(isApiServer),
      components: pods.filter((pod) => !isApiServer(pod)),
      kubelets: [...kubelets, ...strangers],
    },
    notExposed,
    unknown,
  };
}

export const versionSkew = clusterCheck({
  id: 'version-skew',
  stage: 'nodes',
  title: 'the versions of Talos and Kubernetes fit together, and those of an upgrade that is ahead with them',
  explanation:
    'Nodes run different versions of Talos, the components of Kubernetes are further apart than it supports, Talos does not support the version of Kubernetes, or an upgrade that is ahead would leave a minor release out.',
  requires: ['topology'],
  reads: [],
  alsoReads: ['version', 'staticPods', 'kubeletImage', 'kubernetes.nodes'],
  across: 'all',
  docs: {
    pending:
      'a kubelet is of a newer minor release than an API server, which Kubernetes does not support. With `upgrade-to` or `upgrade-kubernetes-to` also: API servers are more than one minor release apart; kube-controller-manager or kube-scheduler is newer than the API server of its machine, or more than one behind; a kubelet is newer than an API server, or more than three behind one (two, before 1.25), now or once they run `upgrade-kubernetes-to`; an API server would leave a minor release out, or go back one. The message has the steps in between',
    warn: 'nodes run different versions of Talos; API servers are more than one minor release apart; a kubelet is more than three behind one (two, before 1.25); or a version of Kubernetes is not among those that the Talos of its node runs, as far as the table of versions has that Talos. With an upgrade ahead: nothing is wrong with what is known, and the versions of some kubelets are not available: Talos before 1.14, and no access to the Kubernetes API',
    skip: 'no node tells its version; with an upgrade ahead: no node has a kubelet. With Talos before 1.14 and without access to the Kubernetes API, kubelets are left out if no upgrade is ahead',
    explainedBy: ['api-reachable', 'boot-finished', 'services'],
    talosctl:
      'not asked there: a half-upgraded cluster passes; `talosctl upgrade-k8s` refuses to leave a minor release out',
    reports: ['kubernetes/kubernetes#127316', 'siderolabs/talos#12398'],
    advice:
      'Finish the upgrade, the control planes before the workers; upgrade Talos and Kubernetes one minor release after the other, each to its latest patch',
    commands: ['kubectl get nodes -o wide', 'talosctl upgrade-k8s --dry-run --to VERSION'],
  },
  unless: (subject) =>
    subject.options.upgrade === undefined ? presentVersions(subject.snapshot) : clusterWithoutKubernetes(subject),
  evaluate(_, { snapshot, options: { upgrade } }) {
    const { versions, notExposed, unknown } = observe(snapshot);
    const wanted = upgrade?.kubernetes;
    const target = wanted === undefined ? undefined : releaseOf(wanted);
    const [oldest] = sorted(versions.apiServers);
    const { talos } = oldestReleases(snapshot);
    const path = oldest === undefined || wanted === undefined ? '' : kubernetesPath(oldest.version, wanted, talos);
    const troubles = [
      ...presentSkew(versions),
      ...(target === undefined ? [] : targetSkew(versions, target)),
      ...(target === undefined || isOneStep(versions, target)
        ? []
        : [`Kubernetes is upgraded one minor release at a time: ${path}`]),
    ];
    if (troubles.length > 0) {
      return pending(troubles.join('; '), advice, here('topology'));
    }
    if (unknown.length > 0) {
      return notKnown(
        `not known: the versions of Kubernetes on ${namesOf(unknown)}`,
        hint('See to the nodes whose versions are not known first.', 'kubectl get nodes -o wide'),
        onNodes(unknown, 'api-reachable', 'boot-finished', 'services'),
      );
    }
    if (notExposed.length > 0) {
      return warn(
        `the versions of the kubelets of ${namesOf(notExposed)} cannot be read: these versions of Talos expose them only to os:admin`,
        kubeletAccess,
      );
    }
    return pass(path === '' ? `Kubernetes ${oldest?.version ?? ''}` : path);
  },
});
